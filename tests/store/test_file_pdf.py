"""Long streams read in place: the same bytes as qpdf gives, or nothing when the file is not plain about them."""

import io
import random

import pikepdf
import pytest

from store.file_pdf import InPlace

DATA = random.Random(3).randbytes(3_000_000)


def document(
    dictionary: bytes, data: bytes = DATA, end: bytes = b"\nendstream", word: bytes = b"stream\n"
) -> bytes:
    """A PDF whose page has one stream, written as is."""
    out, at = io.BytesIO(b"%PDF-1.5\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Filler 4 0 R>>",
            dictionary + word + data + end,
        ),
        start=1,
    ):
        at.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in at))
    out.write(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def in_place(file: bytes) -> tuple[bytes | None, bytes]:
    """What is read in place of the page's stream, and what qpdf gives."""
    source = io.BytesIO(file)
    with pikepdf.open(source, suppress_warnings=True) as pdf:
        stream = pdf.pages[0].obj["/Filler"]
        assert isinstance(stream, pikepdf.Stream)
        pieces = InPlace(pdf, source).pieces(stream, int(stream["/Length"]))
        found = None if pieces is None else b"".join(pieces)
        # Asked after: the file was left elsewhere, and qpdf reads it all the same.
        return found, bytes(stream.get_raw_stream_buffer())


@pytest.mark.parametrize(
    "more",
    [
        b"",
        b"/A (>> stream\n) /B (a \\) (b) >>stream\n)",
        b"/A << /B [ <3e3e> << /C (x) >> ] >>\n% >> stream\n\n",
        b"/Astream\n/B",
    ],
)
def test_the_same_bytes_as_qpdf(more: bytes) -> None:
    found, whole = in_place(document(b"<</Length %d %s>>\n" % (len(DATA), more)))
    assert found == whole == DATA


def test_an_ordinary_file() -> None:
    made = pikepdf.new()
    made.add_blank_page()
    made.pages[0].obj["/Filler"] = pikepdf.Stream(made, DATA)
    for options in ({}, {"object_stream_mode": pikepdf.ObjectStreamMode.generate}, {"linearize": True}):
        out = io.BytesIO()
        made.save(out, **options)
        found, whole = in_place(out.getvalue())
        assert found == whole


@pytest.mark.parametrize(
    "file",
    [
        document(b"<</Length 1000>>"),
        document(b"<</Length %d>>" % (len(DATA) + 500)),
        document(b"<</Length %d>>" % len(DATA), word=b"stream  \r"),
        document(b"<</Length %d /A %s>>" % (len(DATA), b" " * 70_000)),
        b"\n\n" + document(b"<</Length %d>>" % len(DATA)),
    ],
    ids=["too short", "too long", "no end of line", "far away", "moved"],
)
def test_what_is_not_plain_is_left_to_qpdf(file: bytes) -> None:
    assert in_place(file)[0] is None


def test_an_encrypted_file_is_left_to_qpdf() -> None:
    made = pikepdf.new()
    made.add_blank_page()
    made.pages[0].obj["/Filler"] = pikepdf.Stream(made, DATA)
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(owner="secret", user=""))
    assert in_place(out.getvalue())[0] is None
