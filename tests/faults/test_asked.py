"""What `make faults` can't do is refused in one line, before anything is started."""

import pytest

from tests.faults.__main__ import asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("F1 F99", "no row F99: choose from F23C "),
        ("--seed x", "argument --seed: invalid int value: 'x'"),
        ("--long F1", "--long draws its pairs of faults by itself: name no row"),
        ("--bugs F1 F2", "no bug is met by F2: choose from F1 F11 "),
    ],
)
def test_it_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        asked(words.split())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"make faults: error: {said}")
