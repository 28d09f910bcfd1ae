"""Documents of an office, as the programs that write them make them."""

import io
import zipfile
from collections.abc import Mapping

from tests.store.test_files import image

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A document made of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def word() -> bytes:
    """A letter of a word processor, with a link that would run something."""
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    r = f'xmlns:r="{_OFFICE}"'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Default Extension="xml" ContentType="application/xml"/>
            <Override PartName="/word/document.xml" ContentType="{kind}"/></Types>""",
        "_rels/.rels": f"""<Relationships xmlns="{_RELS}">
            <Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>""",
        "word/_rels/document.xml.rels": f"""<Relationships xmlns="{_RELS}"><Relationship Id="r2"
            Type="{_OFFICE}/hyperlink" Target="javascript:alert(1)" TargetMode="External"/></Relationships>""",
        "word/document.xml": f"""<w:document {w} {r}><w:body>
            <w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Lettre de mission</w:t></w:r></w:p>
            <w:p><w:hyperlink r:id="r2"><w:r><w:t>Un lien qui agirait</w:t></w:r></w:hyperlink></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Honoraires</w:t></w:r></w:p></w:tc>
            <w:tc><w:p><w:r><w:t>1 200 €</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:sectPr><w:pgSz w:w="11906" w:h="16838"/>
            <w:pgMar w:top="1400" w:right="1400" w:bottom="1400" w:left="1400"/>
            </w:sectPr></w:body></w:document>""",
    }
    return archive(parts)


def workbook() -> bytes:
    """A workbook with shared texts, dates, euros, percents, merged cells, a hidden column and a hidden sheet."""
    lines = "".join(
        f"""<row r="{row}"><c r="A{row}" s="1"><v>{46000 + 31 * row}</v></c>
        <c r="B{row}" s="2"><v>{1234.5 * row}</v></c><c r="C{row}"><v>1</v></c>
        <c r="D{row}" s="3"><v>0.05{row}</v></c></row>"""
        for row in range(4, 30)
    )
    links = "".join(
        f"<Relationship Id='r{rank}' Type='{_OFFICE}/worksheet' Target='worksheets/sheet{rank}.xml'/>"
        for rank in (1, 2, 3)
    )
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f"""<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>
                <sheet name="Trésorerie" sheetId="1" r:id="r1"/><sheet name="Hypothèses" sheetId="2" r:id="r2"/>
                <sheet name="Secret" sheetId="3" state="hidden" r:id="r3"/></sheets></workbook>""",
            "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{_RELS}'>{links}</Relationships>",
            "xl/sharedStrings.xml": f"""<sst {_MAIN}><si><t>Prévision d’encaissements</t></si>
                <si><r><t>Mo</t></r><r><t>is</t></r></si><si><t>Encaissé</t></si><si><t>Évolution</t></si></sst>""",
            "xl/styles.xml": f"""<styleSheet {_MAIN}><numFmts>
                <numFmt numFmtId="164" formatCode="#,##0.00\\ &quot;€&quot;"/></numFmts>
                <fonts><font/><font><b/></font></fonts><cellXfs><xf numFmtId="0" fontId="0"/>
                <xf numFmtId="14" fontId="0"/><xf numFmtId="164" fontId="0"/><xf numFmtId="10" fontId="0"/>
                <xf numFmtId="0" fontId="1"/></cellXfs></styleSheet>""",
            "xl/worksheets/sheet1.xml": f"""<worksheet {_MAIN}><cols><col min="3" max="3" hidden="1"/></cols>
                <sheetData><row r="1"><c r="A1" t="s" s="4"><v>0</v></c></row>
                <row r="3"><c r="A3" t="s" s="4"><v>1</v></c><c r="B3" t="s" s="4"><v>2</v></c>
                <c r="D3" t="s" s="4"><v>3</v></c></row>{lines}</sheetData>
                <mergeCells><mergeCell ref="A1:D1"/></mergeCells></worksheet>""",
            "xl/worksheets/sheet2.xml": f"""<worksheet {_MAIN}><sheetData><row>
                <c t="inlineStr"><is><t>Taux retenu</t></is></c><c t="b"><v>1</v></c></row></sheetData></worksheet>""",
            "xl/worksheets/sheet3.xml": f"<worksheet {_MAIN}><sheetData/></worksheet>",
        }
    )


def open_text() -> bytes:
    """A text with styles, a list, a table, a link, a picture, a note, and what was struck out of it."""
    prefixes = ("office", "text", "table", "style")
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in prefixes)
    spaces += f' xmlns:draw="{_ODF}:drawing:1.0" xmlns:fo="{_ODF}:xsl-fo-compatible:1.0"'
    spaces += f' xmlns:svg="{_ODF}:svg-compatible:1.0"'
    spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"""<office:document-content {spaces}><office:scripts/><office:automatic-styles>
                <style:style style:name="T1"><style:text-properties fo:font-weight="bold"/></style:style>
                <style:style style:name="P1"><style:paragraph-properties fo:text-align="end"/></style:style>
                <style:style style:name="P2"><style:paragraph-properties fo:break-before="page"/></style:style>
                <text:list-style style:name="L1"><text:list-level-style-number text:level="1"/></text:list-style>
                </office:automatic-styles><office:body><office:text>
                <text:tracked-changes><text:p>Phrase retirée</text:p></text:tracked-changes>
                <text:p text:style-name="P1">Bordeaux, le 23 novembre 2026</text:p>
                <text:h text:outline-level="1">Lettre de mission</text:h>
                <text:table-of-content><text:table-of-content-source><text:index-title-template>Modèle de sommaire
                </text:index-title-template></text:table-of-content-source><text:index-body>
                <text:p>Annexe, page 2</text:p></text:index-body></text:table-of-content>
                <text:p><text:title>Dossier de création</text:title></text:p>
                <text:p>Nous vous <text:span text:style-name="T1">remercions</text:span> de votre
                 confiance<text:note><text:note-citation>1</text:note-citation><text:note-body>
                <text:p>Conditions en annexe.</text:p></text:note-body></text:note>.</text:p>
                <text:list text:style-name="L1"><text:list-item><text:p>Diagnostic</text:p></text:list-item>
                <text:list-item><text:p>Plan d’action</text:p></text:list-item></text:list>
                <table:table><table:table-row><table:table-cell><text:p>Honoraires</text:p></table:table-cell>
                <table:table-cell><text:p>1 200 €</text:p></table:table-cell></table:table-row></table:table>
                <text:p><text:a xlink:href="https://cabinet.exemple.fr/tarifs">Nos tarifs</text:a>,
                <text:a xlink:href="javascript:alert(1)">un lien qui agirait</text:a></text:p>
                <text:p><draw:frame><draw:image xlink:href="Pictures/logo.png"/>
                <svg:title>Titre du logo</svg:title></draw:frame></text:p>
                <text:h text:style-name="P2" text:outline-level="2">Annexe</text:h>
                </office:text></office:body></office:document-content>""",
            "Pictures/logo.png": image("PNG"),
        }
    )


def endless_text() -> bytes:
    """A text of a few kilobytes whose tables, each inside another, would be millions of cells."""
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "text", "table"))
    inside = "<text:p>Fond</text:p>"
    for _ in range(4):
        cell = f'<table:table-cell table:number-columns-repeated="60">{inside}</table:table-cell>'
        inside = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    line = '<table:table-row><table:table-cell table:number-columns-repeated="60"/></table:table-row>'
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"""<office:document-content {spaces}><office:body><office:text>{inside}
                <table:table>{line * 5000}</table:table></office:text></office:body></office:document-content>""",
        }
    )
