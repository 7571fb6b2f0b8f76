"""torch tensors, known by what they can do: seamcheck never imports torch (rule 24)."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from seamcheck.replay.canonical import types
from seamcheck.replay.canonical.adapters import array as arrays
from seamcheck.replay.canonical.chunks import FixedChunk
from seamcheck.replay.canonical.columns import Column, Matrix, Part, Source
from seamcheck.replay.canonical.leaf import Array
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import pack


def source(obj: Any) -> Source:
    """A dense tensor on any device: its logical values on the host."""
    if "sparse" in str(getattr(obj, "layout", "")):
        raise Unhashable("sparse tensors have no digest")
    host = obj.detach().cpu()
    if str(host.dtype) != "torch.bfloat16":
        try:
            values = (
                host.resolve_conj().resolve_neg().numpy() if hasattr(host, "resolve_conj") else host.numpy()
            )
        except TypeError as error:
            raise Unhashable(f"a tensor of dtype {host.dtype} has no digest") from error
        made = arrays.source(values, "torch.Tensor", "torch")
    else:
        bits: Array = host.view(sys.modules["torch"].int16).numpy().view(np.uint16)
        made = _as_bf16(arrays.source(bits, "torch.Tensor", "torch"))
    return made._replace(witness=lambda: _witness(obj))


def _witness(obj: Any) -> object:
    return tuple(obj.shape), obj.data_ptr()


def _as_bf16(made: Source) -> Source:
    """The same bits under their own type."""
    parts = []
    for positions, content in made.parts:
        if isinstance(content, Matrix):
            parts.append(Part(positions, content._replace(type=types.BF16)))
        else:
            (chunk,) = content.chunks
            assert isinstance(chunk, FixedChunk)
            parts.append(Part(positions, Column(types.BF16, content.rows, (chunk,), pack("numpy"))))
    return made._replace(parts=tuple(parts))
