"""Which module an import means: by the layout of the files alone."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import is_test_path
from seamcheck.flow.modules import ModuleIndex, SourceModule

EMPTY = FileFacts(0, (), (), (), (), None)


def index(*paths: str, src: tuple[str, ...] = ()) -> ModuleIndex:
    return ModuleIndex(dict.fromkeys(paths, EMPTY), src)


def at(found: ModuleIndex, path: str) -> SourceModule:
    return found.by_path[PurePosixPath(path)]


def meant(found: ModuleIndex, importer: str, name: str) -> str | None:
    module = found.resolve(at(found, importer), name)
    return None if module is None else module.path


def relative(found: ModuleIndex, importer: str, name: str | None, level: int) -> str | None:
    module = found.relative(at(found, importer), name, level)
    return None if module is None else module.path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("main.py", "main"),
        ("pkg/__init__.py", "pkg"),
        ("pkg/mod.py", "pkg.mod"),
        ("pkg/sub/__init__.py", "pkg.sub"),
        ("pkg/sub/deep.py", "pkg.sub.deep"),
        ("src/app/__init__.py", "app"),
        ("src/app/run.py", "app.run"),
        ("src/single.py", "single"),
        ("space/part/tool.py", "space.part.tool"),
        ("vendor/lib2/__init__.py", "lib2"),
        ("vendor/lib2/a.py", "lib2.a"),
    ],
)
def test_names(path: str, name: str) -> None:
    found = index(
        "main.py", "pkg/__init__.py", "pkg/mod.py", "pkg/sub/__init__.py", "pkg/sub/deep.py", "src/app/__init__.py",
        "src/app/run.py", "src/single.py", "space/part/tool.py", "vendor/lib2/__init__.py", "vendor/lib2/a.py",
    )  # fmt: skip
    assert at(found, path).name == name
    assert found.by_name[name].path == path
    assert found.duplicates == []


def test_an_init_at_the_root_has_a_name() -> None:
    found = index("__init__.py", "a.py")
    assert at(found, "__init__.py").name
    assert relative(found, "a.py", None, 1) == "__init__.py"


@pytest.mark.parametrize(
    ("importer", "name", "level", "path"),
    [
        ("pkg/mod.py", None, 1, "pkg/__init__.py"),
        ("pkg/mod.py", "other", 1, "pkg/other.py"),
        ("pkg/__init__.py", "other", 1, "pkg/other.py"),
        ("pkg/mod.py", "sub", 1, "pkg/sub/__init__.py"),
        ("pkg/sub/deep.py", None, 2, "pkg/__init__.py"),
        ("pkg/sub/deep.py", "other", 2, "pkg/other.py"),
        ("pkg/sub/__init__.py", "other", 2, "pkg/other.py"),
        ("pkg/sub/deep.py", "sub.deep", 2, "pkg/sub/deep.py"),
        ("pkg/mod.py", "gone", 1, None),
        ("pkg/mod.py", "x", 9, None),
        ("main.py", "pkg", 1, "pkg/__init__.py"),
    ],
)
def test_relative_imports(importer: str, name: str | None, level: int, path: str | None) -> None:
    found = index(
        "main.py", "pkg/__init__.py", "pkg/mod.py", "pkg/other.py", "pkg/sub/__init__.py", "pkg/sub/deep.py"
    )
    assert relative(found, importer, name, level) == path


def test_scripts_find_what_lies_beside_them() -> None:
    found = index("tools/run.py", "tools/helper.py", "other/helper.py", "other/run.py")
    assert meant(found, "tools/run.py", "helper") == "tools/helper.py"
    assert meant(found, "other/run.py", "helper") == "other/helper.py"


def test_modules_of_a_package_do_not_see_their_neighbours_by_bare_name() -> None:
    found = index("pkg/__init__.py", "pkg/mod.py", "pkg/numpy.py")
    assert meant(found, "pkg/mod.py", "numpy") is None
    assert meant(found, "pkg/mod.py", "pkg.numpy") == "pkg/numpy.py"


def test_src_layout() -> None:
    found = index(
        "src/app/__init__.py", "src/app/run.py", "tests/test_run.py", "scripts/go.py", "conftest.py"
    )
    for importer in ("tests/test_run.py", "scripts/go.py", "conftest.py", "src/app/run.py"):
        assert meant(found, importer, "app.run") == "src/app/run.py"
        assert meant(found, importer, "app") == "src/app/__init__.py"


def test_configured_source_roots() -> None:
    found = index("code/app.py", "run.py", src=("code",))
    assert meant(found, "run.py", "app") == "code/app.py"
    assert at(found, "code/app.py").name == "app"


def test_packages_in_any_folder_are_found_if_only_one_has_the_name() -> None:
    found = index("libs/core/one/__init__.py", "libs/core/one/x.py", "apps/run.py")
    assert meant(found, "apps/run.py", "one.x") == "libs/core/one/x.py"


def test_of_two_packages_with_one_name_neither_is_guessed() -> None:
    found = index(
        "a/one/__init__.py", "a/one/x.py", "b/one/__init__.py", "b/one/x.py", "apps/run.py", "a/near.py"
    )
    assert meant(found, "apps/run.py", "one.x") is None
    assert meant(found, "a/near.py", "one.x") == "a/one/x.py"
    assert meant(found, "b/one/x.py", "one") == "b/one/__init__.py"
    assert [(name, first) for name, first, _ in found.duplicates] == [
        ("one", "a/one/__init__.py"),
        ("one.x", "a/one/x.py"),
    ]


def test_two_modules_with_one_name_both_exist() -> None:
    found = index("a/__init__.py", "a.py")
    assert len(found.by_path) == len(found.by_name) == 2
    assert meant(found, "a.py", "a") == "a/__init__.py"
    assert len(found.duplicates) == 1


def test_a_package_goes_before_a_module_of_that_name() -> None:
    found = index("thing.py", "thing/__init__.py", "main.py")
    assert meant(found, "main.py", "thing") == "thing/__init__.py"


def test_namespace_packages() -> None:
    found = index("space/one/a.py", "space/two/b.py", "main.py")
    main = at(found, "main.py")
    assert meant(found, "main.py", "space.two.b") == "space/two/b.py"
    assert found.is_namespace(main, "space")
    assert found.is_namespace(main, "space.one")
    assert not found.is_namespace(main, "space.three")
    assert not found.is_namespace(main, "main")


def test_submodules() -> None:
    found = index("pkg/__init__.py", "pkg/a.py", "pkg/b/__init__.py")
    package = at(found, "pkg/__init__.py")
    assert found.submodule(package, "a") is at(found, "pkg/a.py")
    assert found.submodule(package, "b") is at(found, "pkg/b/__init__.py")
    assert found.submodule(package, "c") is None
    assert found.submodule(at(found, "pkg/a.py"), "b") is None


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_an_import_of_nothing_means_no_module(name: str) -> None:
    assert meant(index("__init__.py", "main.py"), "main.py", name) is None


def test_a_root_that_looks_like_a_package_is_none() -> None:
    paths = (
        "deep/app/__init__.py",
        "deep/app/main.py",
        "deep/app/nested/__init__.py",
        "deep/app/nested/mod.py",
    )
    assert at(index(*paths), "deep/app/nested/mod.py").name == "app.nested.mod"
    found = index(*paths, src=("deep/app",))
    assert [at(found, path).name for path in paths] == ["__init__", "main", "nested", "nested.mod"]
    assert meant(found, "deep/app/main.py", "nested.mod") == "deep/app/nested/mod.py"


def test_files_that_are_named_like_packages() -> None:
    found = index("a.b.py", "__init__/x.py", "pkg/__init__.py", "pkg/pkg.py", ".py")
    assert len(found.by_path) == 5
    assert meant(found, "pkg/pkg.py", "pkg") == "pkg/__init__.py"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_files_does_not_matter(seed: int) -> None:
    import random

    paths = ["b/one/__init__.py", "a/one/__init__.py", "a/one.py", "one.py", "src/one/__init__.py", "z.py"]
    shuffled = list(paths)
    random.Random(seed).shuffle(shuffled)
    one, two = index(*paths), index(*shuffled)
    assert {n: m.path for n, m in one.by_name.items()} == {n: m.path for n, m in two.by_name.items()}
    assert one.duplicates == two.duplicates
    assert meant(one, "z.py", "one") == meant(two, "z.py", "one")


@pytest.mark.parametrize(
    ("path", "is_test"),
    [("tests/a.py", True), ("a/test/b.py", True), ("test_a.py", True), ("a_test.py", True), ("conftest.py", True),
     ("a.py", False), ("contest.py", False), ("latest/a.py", False), ("a/testing_tools.py", False)],
)  # fmt: skip
def test_test_files(path: str, is_test: bool) -> None:
    assert is_test_path(PurePosixPath(path)) is is_test
