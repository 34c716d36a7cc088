"""What `make bench` can't do is refused in one line, before anything is started."""

import pytest

from benchmarks.__main__ import asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nonsense", "no part nonsense: choose from hop "),
        ("hop --scale 0", "argument --scale: 0 is no whole number from 1 on"),
        ("--pairs -1", "argument --pairs: -1 is no whole number from 1 on"),
        ("held --hold x", "argument --hold: x is no whole number from 1 on"),
    ],
)
def test_it_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        asked(words.split())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"make bench: error: {said}")
