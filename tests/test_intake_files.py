"""Any file by its content: formats, encodings, headers, hostile input."""

import gzip
import io
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from kpikit.errors import InputDataError
from kpikit.intake import unpack
from kpikit.intake.encodings import sniff_encoding
from kpikit.intake.files import read_grid

RUSSIAN = '"ID";"Название сделки";"Сумма";\n"1";"Поставка труб";"1000.50";\n"2";"Кран";"20.00";\n'
HUNGARIAN = "Azonosító;Ügyfél;Összeg\n1;Szűcs Gyöngyvér;1 000,50\n2;Tóth Őrs;20\n"


def _write(tmp_path, data, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "utf-8"), (RUSSIAN, "utf-8-sig"), (RUSSIAN, "cp1251"), (RUSSIAN, "cp866"),
        (RUSSIAN, "koi8-r"), (RUSSIAN, "utf-16"), (RUSSIAN, "utf-16-le"),
        (HUNGARIAN, "cp1250"), (HUNGARIAN, "utf-8"), (HUNGARIAN, "cp852"),
    ],
)  # fmt: skip
def test_the_same_table_in_every_encoding(tmp_path, text, codec):
    """Whatever character set the office uses, the words are the same."""
    grid = read_grid(_write(tmp_path, text.encode(codec)))
    expected = read_grid(_write(tmp_path, text, "utf8.csv"))
    assert grid.header == expected.header
    pd.testing.assert_frame_equal(grid.rows, expected.rows)


def test_few_letters_are_enough():
    """One Russian surname among ids and sums decides; pure ASCII is UTF-8."""
    rows = "".join(f"{number};A{number};{number * 7}\n" for number in range(50))
    assert sniff_encoding((rows + "51;Щукин;1\n").encode("cp1251")) == "cp1251"
    assert sniff_encoding((rows + "51;Kőszegi;1\n").encode("cp1250")) == "cp1250"
    assert sniff_encoding(rows.encode()) == "utf-8"


def test_wrong_declared_encoding_is_an_error(tmp_path):
    path = _write(tmp_path, RUSSIAN.encode("cp1251"))
    with pytest.raises(InputDataError, match=r"list\.csv: the file is not utf-8.*cp1251"):
        read_grid(path, encoding="utf-8")
    with pytest.raises(InputDataError, match="encoding 'cp9999' is not known"):
        read_grid(path, encoding="cp9999")


def test_trailing_delimiter_makes_no_column_and_a_short_record_is_not_shifted(tmp_path):
    """T2."""
    text = RUSSIAN + '"3";"30.00";\n'
    grid = read_grid(_write(tmp_path, text))
    assert grid.header == ("ID", "Название сделки", "Сумма")
    assert grid.rows["Сумма"].tolist() == ["1000.50", "20.00"]
    assert grid.set_aside["source_row"].tolist() == [4]
    assert "3 fields, the header 4" in grid.set_aside["reason"].iloc[0]
    assert grid.set_aside["record"].iloc[0] == '["3", "30.00", ""]'
    assert grid.rows_read == 3


def _xlsx(tmp_path):
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Лист")
    date = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    sheet.write_row(0, 0, ["ID", "Название", "Сумма", "Дата"])
    sheet.write(1, 0, 7)
    sheet.write(1, 1, "Кран")
    sheet.write(1, 2, 1234.125)
    sheet.write_datetime(1, 3, pd.Timestamp("2025-03-04 12:30").to_pydatetime(), date)
    book.close()
    return path


def test_workbook_cells_keep_their_exact_value(tmp_path):
    grid = read_grid(_xlsx(tmp_path))
    assert grid.format == "xlsx"
    assert grid.rows.iloc[0].tolist() == ["7", "Кран", "1234.125", "2025-03-04 12:30:00"]
    assert grid.kinds.iloc[0].tolist() == ["number", "", "number", "instant"]


def test_html_named_xls_is_a_table(tmp_path):
    """T1: the page that a CRM calls Excel."""
    page = (
        '<meta http-equiv="Content-type" content="text/html;charset=utf-8" />'
        "<table border='1'><tr><th>ID</th><th>Название</th></tr>"
        "<tr><td>7</td><td>A &amp; B<br>два</td></tr><tr><td>8</td></tr></table>"
    )
    grid = read_grid(_write(tmp_path, page, "DEAL.xls"))
    assert grid.format == "html"
    assert grid.rows.loc[2].tolist() == ["7", "A & B\nдва"]
    assert grid.set_aside["source_row"].tolist() == [3]


def test_parquet(tmp_path):
    import duckdb

    path = tmp_path / "list.parquet"
    duckdb.sql(
        "select 'a' as id, 1.5::double as amount, timestamp '2025-01-02 03:04:05' as at"
    ).write_parquet(str(path))
    grid = read_grid(path)
    assert grid.rows.iloc[0].tolist() == ["a", "1.5", "2025-01-02 03:04:05"]


def test_title_lines_are_kept_and_the_header_is_found(tmp_path):
    text = "Отчёт о продажах, тыс. руб.\nПериод: 2025\n\nКод;Клиент;Сумма\n1;А;5\n2;Б;6\n"
    grid = read_grid(_write(tmp_path, text))
    assert grid.header == ("Код", "Клиент", "Сумма")
    assert grid.title_lines[0] == "Отчёт о продажах, тыс. руб."
    assert grid.rows.index.tolist() == [5, 6]


def test_repeated_labels_keep_their_place(tmp_path):
    grid = read_grid(_write(tmp_path, "id,note,note,note\n1,a,b,c\n"))
    assert grid.header == ("id", "note", "note (2)", "note (3)")
    assert grid.rows.iloc[0].tolist() == ["1", "a", "b", "c"]


def test_text_with_delimiters_quotes_and_line_breaks_is_one_cell(tmp_path):
    grid = read_grid(_write(tmp_path, 'id;note\n1;"a;b ""c""\nd"\n2;e\n'))
    assert grid.rows["note"].tolist() == ['a;b "c"\nd', "e"]


def test_decimal_commas_do_not_pass_for_delimiters(tmp_path):
    grid = read_grid(_write(tmp_path, "id;a;b\n1;2,5;3,5\n2;4,5;5,5\n"))
    assert grid.header == ("id", "a", "b")


@pytest.mark.parametrize("data", [b"", b"  \r\n \n"])
def test_empty_file(tmp_path, data):
    with pytest.raises(InputDataError, match="is empty"):
        read_grid(_write(tmp_path, data))


def test_bombs_are_refused(tmp_path):
    """50 MB of zeros in 50 KB: no export packs 200 to 1."""
    zeros = b"0;0\n" * 12_500_000
    gz = _write(tmp_path, gzip.compress(zeros, 9), "a.csv.gz")
    with pytest.raises(InputDataError, match="200 times its size"):
        read_grid(gz)
    for name, member in (("a.zip", "a.csv"), ("a.xlsx", "xl/workbook.xml")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member, zeros)
        with pytest.raises(InputDataError, match="200 times its size"):
            read_grid(_write(tmp_path, buffer.getvalue(), name))


def test_a_far_corner_cell_is_refused(tmp_path):
    """Two cells, but laid out they would be 17 thousand million."""
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1048575, 16383, "b")
    book.close()
    with pytest.raises(InputDataError, match=r"1,048,576 rows x 16,384 columns"):
        read_grid(path)


def test_size_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MAX_BYTES", 1000)
    with pytest.raises(InputDataError, match="unpacks to more than"):
        read_grid(_write(tmp_path, gzip.compress(b"a;b\n" * 1000), "a.csv.gz"))


def test_packed_text_is_read(tmp_path):
    expected = read_grid(_write(tmp_path, RUSSIAN)).rows
    pd.testing.assert_frame_equal(
        read_grid(_write(tmp_path, gzip.compress(RUSSIAN.encode()), "a.gz")).rows, expected
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", RUSSIAN)
    pd.testing.assert_frame_equal(
        read_grid(_write(tmp_path, buffer.getvalue(), "a.zip")).rows, expected
    )


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04broken", b"\x1f\x8bbroken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken",
     b"PAR1broken", bytes(range(256)) * 20, b'id;a\n1;"' + b"x;y\n" * 50_000],
)  # fmt: skip
def test_broken_files_give_a_clear_error(tmp_path, data):
    with pytest.raises(InputDataError, match=r"broken\.bin: "):
        read_grid(_write(tmp_path, data, "broken.bin"))
