"""Formats of files: whoever reads one format cannot be reading what was written in another.

A file of unknown name may be any that the program writes, but a parquet reader fails on a pickled model and an image
reader on a table of scores. What is not listed here may be any format.
"""

from __future__ import annotations

from seamcheck.flow.values import Const, Value

#: Any format, as far as anybody knows.
ANY_FORMAT = ""
PARQUET, FEATHER, PICKLE, ARRAY, IMAGE, EXCEL = "parquet", "feather", "pickle", "array", "image", "excel"
#: Text: JSON, YAML, a table below a line of names, and any other.
JSON, YAML, TABLE, TEXT = "json", "yaml", "table", "text"

#: What is written, by the last part of the name of the function or method.
WRITTEN = {
    "to_parquet": PARQUET,
    "write_parquet": PARQUET,
    "sink_parquet": PARQUET,
    "to_feather": FEATHER,
    "write_feather": FEATHER,
    "write_ipc": FEATHER,
    "sink_ipc": FEATHER,
    "to_pickle": PICKLE,
    "to_csv": TABLE,
    "write_csv": TABLE,
    "to_json": JSON,
    "to_excel": EXCEL,
    "write_excel": EXCEL,
    "savefig": IMAGE,
    "imwrite": IMAGE,
    "imsave": IMAGE,
    "joblib.dump": PICKLE,
    "pickle.dump": PICKLE,
    "torch.save": PICKLE,
    "numpy.save": ARRAY,
    "numpy.savez": ARRAY,
    "numpy.savez_compressed": ARRAY,
    "numpy.savetxt": TEXT,
    "json.dump": JSON,
    "yaml.dump": YAML,
    "yaml.safe_dump": YAML,
    "pyarrow.parquet.write_table": PARQUET,
}
_PICKLES = frozenset({PICKLE, ARRAY})
_TEXTS = frozenset({JSON, YAML, TABLE, TEXT})
#: What a reader can make something of, by its name.
READ: dict[str, frozenset[str]] = {
    "pandas.read_parquet": frozenset({PARQUET}),
    "polars.read_parquet": frozenset({PARQUET}),
    "polars.scan_parquet": frozenset({PARQUET}),
    "dask.dataframe.read_parquet": frozenset({PARQUET}),
    "pyarrow.parquet.read_table": frozenset({PARQUET}),
    "pyarrow.parquet.read_pandas": frozenset({PARQUET}),
    "pandas.read_feather": frozenset({FEATHER}),
    "polars.read_ipc": frozenset({FEATHER}),
    "polars.scan_ipc": frozenset({FEATHER}),
    "pyarrow.feather.read_table": frozenset({FEATHER}),
    "pyarrow.feather.read_feather": frozenset({FEATHER}),
    "pandas.read_excel": frozenset({EXCEL}),
    "pandas.read_csv": _TEXTS,
    "polars.read_csv": _TEXTS,
    "numpy.loadtxt": _TEXTS,
    "numpy.genfromtxt": _TEXTS,
    "yaml.load": _TEXTS,
    "yaml.safe_load": _TEXTS,
    "yaml.full_load": _TEXTS,
    "omegaconf.OmegaConf.load": _TEXTS,
    # A table below a line of names is no JSON, a lone number is.
    "json.load": frozenset({JSON, YAML, TEXT}),
    "numpy.load": _PICKLES,
    "pickle.load": _PICKLES,
    "joblib.load": _PICKLES,
    "torch.load": _PICKLES,
    "pandas.read_pickle": _PICKLES,
    "cv2.imread": frozenset({IMAGE}),
    "PIL.Image.open": frozenset({IMAGE}),
    "skimage.io.imread": frozenset({IMAGE}),
    "imageio.imread": frozenset({IMAGE}),
    "torchvision.io.read_image": frozenset({IMAGE}),
}


def written_by(api: str, given: dict[str, Value]) -> str:
    """The format that a call writes."""
    found = WRITTEN.get(api) or WRITTEN.get(api.rpartition(".")[2], ANY_FORMAT)
    return TEXT if found == TABLE and not _with_names(given) else found


def _with_names(given: dict[str, Value]) -> bool:
    """Does a table certainly begin with a line of names?"""
    if "args" in given or any(name.startswith("*") for name in given):
        return False
    asked = [given[name] for name in ("header", "include_header", "has_header", "mode") if name in given]
    return all(v.ptrs and all(isinstance(p, Const) and p.value in (True, "w") for p in v.ptrs) for v in asked)


def readable(api: str) -> frozenset[str] | None:
    """The formats that a call can make something of, None for any."""
    return READ.get(api)
