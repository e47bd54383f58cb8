import struct

import pytest

from sandbox.catalog.assets_csv import read
from sandbox.catalog.loading import chosen
from sandbox.catalog.rows import CannotLoad
from sandbox.cloudinary.contents import measure
from tests.sandbox.world.factories import picture


def load(folder, said, text):
    return read(folder(**{"assets.csv": text}), said.append)


def test_a_row_is_an_asset_with_all_that_the_library_knows(folder, said):
    folder("pictures/a.jpg")
    text = "file,public_id,display_name,asset_folder,tags,metadata.sku,context.alt\n"
    text += 'pictures/a.jpg,shop/a,A,Products,"red, new",S-1,"A bag, red"\n'
    ((asset,), (field,)) = load(folder, said, text)
    assert (asset.public_id, asset.display_name, asset.asset_folder) == ("shop/a", "A", "Products")
    assert (list(asset.tags), asset.metadata, asset.context) == (["red", "new"], {"sku": "S-1"}, {"alt": "A bag, red"})
    assert (field.external_id, field.label, field.type, said) == ("sku", "SKU", "string", [])


def test_fields_are_strings_unless_their_header_says_more(folder, said):
    folder("a.jpg")
    header = "file,metadata.number,metadata.sequence:integer,metadata.launched:date,metadata.color:enum,metadata.channels:set\n"
    ((asset,), fields) = load(folder, said, header + "a.jpg,7,8,2026-11-21,Dark red,Web shop; Print\n")
    assert asset.metadata == {
        "number": "7",
        "sequence": 8,
        "launched": "2026-11-21",
        "color": "dark_red",
        "channels": ["web_shop", "print"],
    }
    assert fields[3].values == {"dark_red": "Dark red"}
    assert fields[4].values == {"web_shop": "Web shop", "print": "Print"}


def test_a_sku_is_always_a_string_and_keeps_its_spaces(folder, said):
    folder("a.jpg")
    ((asset,), (field,)) = load(folder, said, "file,metadata.sku:integer\na.jpg,007 \n")
    assert (asset.metadata, field.type) == ({"sku": "007 "}, "string")


def test_an_empty_cell_is_no_value(folder, said):
    folder("a.jpg")
    ((asset,), _) = load(folder, said, "file,tags,metadata.sku,context.alt\na.jpg,,,\n")
    assert (asset.metadata, asset.context, asset.tags) == ({}, {}, [])


def test_without_a_public_id_the_file_name_is_it(folder, said):
    folder("pictures/a b.jpg")
    ((asset,), _) = load(folder, said, "file\npictures/a b.jpg\n")
    assert asset.public_id == "pictures/a b"


def test_what_is_wrong_with_a_row_is_named_and_the_rest_loads(folder, said):
    folder("a.jpg", **{"bad.jpg": b"nonsense"})
    text = "file,public_id,metadata.n:integer\nnone.jpg,x,1\nbad.jpg,y,1\na.jpg,a,one\na.jpg,b,2\na.jpg,b,3\n,c,1\n"
    assets, _ = load(folder, said, text)
    assert [(asset.public_id, asset.metadata) for asset in assets] == [("a", {}), ("b", {"n": 2})]
    expected = ["line 2", "line 3", "line 4", "line 6", "line 7"]
    assert [place for place, note in zip(expected, said, strict=True) if f"{place}:" in note] == expected
    assert ("no such file" in said[0], "cannot" in said[1] or "not a picture" in said[1]) == (True, True)
    assert ("is no integer" in said[2], "is taken" in said[3], "names no file" in said[4]) == (True, True, True)


def test_one_picture_may_be_many_assets(folder, said):
    folder("a.jpg")
    assets, _ = load(folder, said, "file,public_id\n" + "".join(f"a.jpg,a{n}\n" for n in range(1000)))
    assert (len(assets), len({asset.content for asset in assets})) == (1000, 1)


def test_a_bom_does_not_hide_the_first_column(folder, said):
    folder("a.jpg")
    assert len(load(folder, said, "\ufefffile,public_id\na.jpg,a\n")[0]) == 1


def test_without_a_list_each_picture_and_film_is_an_asset(folder, said):
    path = folder("one.jpg", "bags/two.jpg", "film.mp4", **{"notes.txt": "x", "bad.png": b"x"})
    assets, fields = read(path, said.append)
    assert [(asset.public_id, asset.asset_folder) for asset in assets] == [
        ("bags/two", "bags"),
        ("film", ""),
        ("one", ""),
    ]
    assert fields == []
    assert [text.partition("left out, ")[2] for text in said] == [
        "it is not a picture that can be read: bad.png",
        "neither a picture, a video nor a PDF: notes.txt",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("public_id\na\n", "has no column file"),
        ("file\nnone.jpg\n", "names no picture that can be used"),
        ("file,metadata.n:number\na.jpg,1\n", "none of the types"),
    ],
)
def test_a_list_that_is_of_no_use_is_a_clear_message(folder, said, text, message):
    folder("a.jpg")
    with pytest.raises(CannotLoad, match=message):
        load(folder, said, text)


def test_a_missing_or_empty_folder_is_a_clear_message(tmp_path, said):
    with pytest.raises(CannotLoad, match="is not a folder"):
        read(tmp_path / "none", said.append)
    with pytest.raises(CannotLoad, match="holds neither"):
        read(tmp_path, said.append)


def test_products_alone_or_assets_alone_make_a_catalog(folder, said):
    path = folder("a.jpg", **{"products.csv": "Handle,Title\na,A\n"})
    assert len(chosen(path / "products.csv", None, said.append).products) == 1
    assert len(chosen(None, path, said.append).assets) == 1


def test_what_of_a_folder_cannot_be_used_is_named_and_the_rest_is_there(folder, said):
    """Whatever the letters' case of the endings; what systems leave in folders is nobody's business."""
    path = folder(
        "a.jpg", "B.JPG", "web.avif", **{"size-chart.pdf": b"%PDF-1.4", "draft.docx": b"x", "broken.webp": b"x"}
    )
    (path / ".DS_Store").write_bytes(b"x")
    (path / "Thumbs.db").write_bytes(b"x")
    assets, _ = read(path, said.append)
    assert [asset.public_id for asset in assets] == ["B", "a", "size-chart", "web"]
    assert [text.partition(": left out, ")[2].partition(": ")[::2] for text in said] == [
        ("it is not a picture that can be read", "broken.webp"),
        ("neither a picture, a video nor a PDF", "draft.docx"),
    ]


def test_whatever_lies_in_a_folder_is_an_asset_or_named(folder, said):
    """What the media library can hold is its own business: nothing disappears in silence."""
    names = ["a.jpg", "B.JPG", "logo.svg", "phone.heic", "web.avif", "studio.psd", "size-chart.pdf"]
    path = folder("a.jpg", "B.JPG", "web.avif", **{"logo.svg": b"<svg/>", "phone.heic": b"x", "studio.psd": b"8BPS"})
    (path / "size-chart.pdf").write_bytes(b"%PDF-1.4")
    assets, _ = read(path, said.append)
    used = {asset.content.name for asset in assets}
    assert used >= {"a.jpg", "B.JPG", "web.avif", "size-chart.pdf"}
    assert [name for name in names if name not in used and not any(name in text for text in said)] == []


def test_a_picture_of_a_phone_is_there_in_its_shape_and_its_stand_in_is_named(folder, said):
    """Tiles come before the image that they make up; who cannot be decoded is at least held as what it is."""
    sizes = b"".join(b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", *size) for size in ((512, 512), (3024, 4032)))
    path = folder(
        **{
            "IMG_1.HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + sizes,
            "IMG_2.heif": b"\0\0\0\x18ftypmif1" + b"\0" * 40,
        }
    )
    assets, _ = read(path, said.append)
    assert [(asset.public_id, asset.declared) for asset in assets] == [("IMG_1", "heic"), ("IMG_2", "heic")]
    shapes = [measure(asset.content) for asset in assets]
    assert [(shape.width, shape.height) for shape in shapes] == [(900, 1200), (1200, 900)]
    assert [text.partition(": ")[2] for text in said] == [
        "drawn, because the sandbox cannot decode HEIC: IMG_1.HEIC, IMG_2.heif"
    ]


def test_an_avif_behind_a_general_brand_is_a_picture(folder, said):
    avif = picture(form="AVIF")
    assert avif[8:12] == b"avif"
    assets, _ = read(folder(**{"a.avif": avif[:8] + b"mif1" + avif[12:]}), said.append)
    assert ([measure(asset.content.read_bytes()).format for asset in assets], said) == (["avif"], [])


def test_the_export_beside_the_pictures_is_no_picture_that_cannot_be_used(folder, said):
    path = folder("a.jpg", **{"products.csv": "Handle,Title\na,A\n"})
    assert len(chosen(path / "products.csv", path, said.append).assets) == 1
    assert said == []


def test_files_of_one_name_in_two_formats_are_two_assets(folder, said):
    assets, _ = read(folder("lamp.jpg", "lamp.png"), said.append)
    assert ([asset.public_id for asset in assets], said) == (["lamp", "lamp_png"], [])


def test_files_that_the_list_forgot_are_named_in_one_line(folder, said):
    folder("a.jpg", *(f"x{at:02}.jpg" for at in range(24)), **{"x24.docx": b"x"})
    load(folder, said, "file\na.jpg\n")
    assert len(said) == 1
    assert "not used, because assets.csv does not name them: x00.jpg, " in said[0]
    assert said[0].endswith("x19.jpg and 5 more")


@pytest.mark.parametrize(
    ("on_disk", "listed"),
    [("A.JPG", "a.jpg"), ("Ku\u0308che.jpg", "K\u00fcche.jpg"), ("in/a.jpg", "in\\a.jpg"), ("a b.jpg", "A b.jpg")],
)
def test_a_file_is_found_by_its_name_in_another_case_form_or_system(folder, said, on_disk, listed):
    folder(on_disk)
    assets, _ = load(folder, said, f"file,public_id\n{listed},x\n")
    assert ([asset.public_id for asset in assets], said) == (["x"], [])


def test_a_list_from_a_spreadsheet_has_its_separator_and_the_case_of_its_columns(folder, said):
    folder("a.jpg")
    ((asset,), _) = load(folder, said, "File;Public_ID;metadata.sku;metadata.n:integer\r\na.jpg;a;S-1;0\r\n")
    assert (asset.public_id, asset.metadata) == ("a", {"sku": "S-1", "n": 0})
