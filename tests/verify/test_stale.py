"""Does the code stand as it was run?"""

from pathlib import Path

from seamcheck.verify.stale import changed, digest


def test_digests_decide_where_a_run_recorded_them(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.py").write_text("y = 1\n")
    known = {name: digest(str(tmp_path), name) or "" for name in ("a.py", "b.py")}

    def now(sites: tuple[tuple[str, int], ...] = ()) -> tuple[str, ...]:
        return changed(known, sites, ("a.py", "b.py"), lambda path: digest(str(tmp_path), path), lambda _: 1)

    assert now() == ()
    assert now((("a.py", 99),)) == ()
    (tmp_path / "a.py").write_text("x = 2\n")
    assert now() == ("a.py",)
    (tmp_path / "b.py").unlink()
    assert now() == ("a.py", "b.py")


def test_a_file_that_changed_while_it_ran_is_not_what_was_run(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert changed({"a.py": ""}, (), (), lambda path: digest(str(tmp_path), path), lambda _: 1) == ("a.py",)


def test_without_digests_the_lines_of_calls_must_be_there() -> None:
    sites = (("a.py", 3), ("a.py", 9), ("b.py", 2), ("elsewhere.py", 99))
    assert changed({}, sites, ("a.py", "b.py"), lambda _: None, lambda _: 5) == ("a.py",)
