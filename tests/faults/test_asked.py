"""What `make faults` can't do is refused in one line, before anything is started."""

import pytest

from tests.faults.__main__ import asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("F1 F99", "no row F99: choose from F23C "),
        ("--seed x", "argument --seed: invalid int value: 'x'"),
        ("--long F1", "--long draws its pairs of faults by itself: name no row, and no --bugs"),
        ("--long --bugs", "--long draws its pairs of faults by itself: name no row, and no --bugs"),
        ("--all F1", "--all is every row: name none, and neither --bugs nor --long"),
        ("--all --long", "--all is every row: name none, and neither --bugs nor --long"),
        ("--all --bugs", "--all is every row: name none, and neither --bugs nor --long"),
        ("--minutes 2", "--minutes is how long --long takes: ask for that, too"),
        ("--long --minutes 0", "argument --minutes: invalid minutes value: '0'"),
        ("--long --minutes nan", "argument --minutes: invalid minutes value: 'nan'"),
        ("--long --minutes x", "argument --minutes: invalid minutes value: 'x'"),
        ("--bugs F1 F2", "no bug is met by F2: choose from F1 F11 "),
    ],
)
def test_it_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        asked(words.split())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"make faults: error: {said}")
