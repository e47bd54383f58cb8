"""What the drawn shop sells. Numbers are the last part of a SKU; each colour of a thing has pictures of its own."""

from dataclasses import dataclass

SIZES = ("S", "M", "L", "XL")


@dataclass(frozen=True)
class Good:
    number: int
    title: str
    shape: str
    style: int
    colors: tuple[str, ...]
    price: str
    material: str
    sizes: tuple[str, ...] = ()
    views: int = 4  # pictures of the first colour; further colours have two fewer


TYPES = {
    "tee": "T-shirt",
    "sweater": "Sweater",
    "shirt": "Shirt",
    "beanie": "Beanie",
    "scarf": "Scarf",
    "tote": "Tote bag",
    "backpack": "Backpack",
    "cushion": "Cushion",
    "throw": "Throw",
    "vase": "Vase",
    "mug": "Mug",
    "bowl": "Bowl",
    "plate": "Plate",
    "table_lamp": "Table lamp",
    "pendant": "Pendant lamp",
    "candle": "Candle",
}
FOLDERS = {
    "Knitwear": ("sweater", "beanie", "scarf"),
    "Shirts": ("tee", "shirt"),
    "Bags": ("tote", "backpack"),
    "Textiles": ("cushion", "throw"),
    "Ceramics": ("vase", "mug", "bowl", "plate"),
    "Lighting": ("table_lamp", "pendant", "candle"),
}
SEASONS = {"aw26": "AW26", "ss26": "SS26", "aw25": "AW25"}
OF_SPRING = ("tee", "shirt", "tote", "backpack", "vase", "pendant")
GOODS = (
    Good(1001, "Fjell Sweater", "sweater", 1, ("fern", "oat"), "129.00", "Merino wool", SIZES),
    Good(1002, "Strand Tee", "tee", 0, ("sky", "ivory", "rust"), "35.00", "Organic cotton", SIZES, 3),
    Good(1003, "Vik Backpack", "backpack", 1, ("moss",), "149.00", "Waxed canvas", (), 6),
    Good(1004, "Havn Mug", "mug", 1, ("clay",), "22.00", "Stoneware", (), 5),
    Good(1005, "Lyng Vase", "vase", 0, ("charcoal",), "58.00", "Stoneware", (), 4),
    Good(1006, "Ås Table Lamp", "table_lamp", 0, ("clay",), "119.00", "Brass, linen", (), 4),
    Good(1007, "Furu Candle", "candle", 0, ("navy",), "28.00", "Rapeseed wax", (), 4),
    Good(1008, "Eng Cushion", "cushion", 0, ("ochre", "sage"), "44.00", "Linen", (), 4),
    Good(1009, "Torg Tote", "tote", 0, ("oat",), "39.00", "Organic canvas", (), 5),
    Good(1010, "Dal Shirt", "shirt", 0, ("fjord", "ivory"), "89.00", "Organic cotton", SIZES, 4),
    Good(1011, "Bre Beanie", "beanie", 0, ("fern",), "32.00", "Lambswool", (), 3),
    Good(1012, "Skjell Bowl", "bowl", 0, ("blush",), "34.00", "Porcelain", (), 4),
    Good(1013, "Måne Pendant", "pendant", 0, ("ivory",), "169.00", "Spun aluminium", (), 4),
    Good(1014, "Tind Sweater", "sweater", 2, ("ivory",), "149.00", "Merino wool", SIZES, 5),
    Good(1015, "Bølge Plate", "plate", 1, ("slate",), "26.00", "Stoneware", (), 3),
    Good(1016, "Nord Scarf", "scarf", 1, ("sand", "plum"), "54.00", "Lambswool", (), 4),
    Good(1017, "Rute Throw", "throw", 1, ("plum",), "98.00", "Recycled wool", (), 4),
    Good(1018, "Glo Candle", "candle", 1, ("clay",), "28.00", "Rapeseed wax", (), 4),
    Good(1019, "Sti Tote", "tote", 1, ("sky",), "59.00", "Canvas, leather", (), 4),
    Good(1020, "Krus Mug", "mug", 2, ("rust",), "24.00", "Stoneware", (), 4),
    Good(1021, "Elv Vase", "vase", 1, ("fjord",), "72.00", "Stoneware", (), 4),
    Good(1022, "Kyst Tee", "tee", 2, ("navy", "fern"), "39.00", "Organic cotton", SIZES, 4),
    Good(1023, "Lys Table Lamp", "table_lamp", 2, ("fjord",), "139.00", "Ceramic, linen", (), 5),
    Good(1024, "Bregne Cushion", "cushion", 1, ("fern",), "44.00", "Linen", (), 4),
    Good(1025, "Fonn Beanie", "beanie", 1, ("charcoal",), "29.00", "Lambswool", (), 3),
    Good(1026, "Reise Backpack", "backpack", 0, ("slate",), "129.00", "Recycled polyester", (), 5),
    Good(1027, "Grøt Bowl", "bowl", 1, ("sage",), "36.00", "Stoneware", (), 4),
    Good(1028, "Sol Pendant", "pendant", 1, ("ochre",), "159.00", "Spun aluminium", (), 4),
    Good(1029, "Morgen Mug", "mug", 0, ("ivory",), "20.00", "Stoneware", (), 4),
    Good(1030, "Tåke Scarf", "scarf", 0, ("slate",), "49.00", "Lambswool", (), 4),
    Good(1031, "Berg Sweater", "sweater", 0, ("charcoal",), "119.00", "Merino wool", SIZES, 4),
    Good(1032, "Hav Plate", "plate", 0, ("fjord",), "26.00", "Stoneware", (), 3),
    Good(1033, "Villa Vase", "vase", 2, ("blush",), "64.00", "Stoneware", (), 4),
    Good(1034, "Skog Candle", "candle", 0, ("moss",), "28.00", "Rapeseed wax", (), 4),
    Good(1035, "Vev Throw", "throw", 0, ("oat",), "89.00", "Recycled wool", (), 4),
    Good(1036, "Uke Tote", "tote", 0, ("rust",), "39.00", "Organic canvas", (), 4),
    Good(1037, "Krage Shirt", "shirt", 1, ("moss",), "94.00", "Linen", SIZES, 4),
    Good(1038, "Ring Cushion", "cushion", 2, ("clay",), "48.00", "Linen", (), 4),
    Good(1039, "Lese Table Lamp", "table_lamp", 1, ("rust",), "109.00", "Oak, linen", (), 4),
    Good(1040, "Is Bowl", "bowl", 0, ("sky",), "34.00", "Porcelain", (), 3),
    Good(1041, "Dagg Vase", "vase", 0, ("sage",), "58.00", "Stoneware", (), 4),
    Good(1042, "Lomme Tee", "tee", 1, ("sage",), "37.00", "Organic cotton", SIZES, 4),
    Good(1043, "Flamme Candle", "candle", 1, ("plum",), "28.00", "Rapeseed wax", (), 4),
    Good(1044, "Kveld Mug", "mug", 1, ("navy",), "22.00", "Stoneware", (), 4),
    Good(1045, "Pels Beanie", "beanie", 0, ("blush",), "32.00", "Lambswool", (), 3),
    Good(1046, "Bad Throw", "throw", 1, ("sky",), "84.00", "Organic cotton", (), 4),
    Good(1047, "Tre Pendant", "pendant", 0, ("sand",), "189.00", "Birch veneer", (), 4),
    Good(1048, "Dessert Plate", "plate", 0, ("blush",), "22.00", "Stoneware", (), 3),
    Good(1049, "Arbeid Shirt", "shirt", 0, ("charcoal",), "99.00", "Organic cotton", SIZES, 4),
    Good(1050, "By Backpack", "backpack", 0, ("ochre",), "119.00", "Recycled polyester", (), 5),
    Good(1051, "Krem Candle", "candle", 0, ("oat",), "26.00", "Rapeseed wax", (), 4),
    Good(1052, "Rund Vase", "vase", 0, ("ochre",), "62.00", "Stoneware", (), 4),
    Good(1053, "Helg Tote", "tote", 1, ("charcoal",), "62.00", "Canvas, leather", (), 4),
    Good(1054, "Ull Scarf", "scarf", 1, ("rust",), "52.00", "Lambswool", (), 4),
    Good(1055, "Suppe Bowl", "bowl", 1, ("charcoal",), "36.00", "Stoneware", (), 4),
    Good(1056, "Stripe Tee", "tee", 2, ("blush",), "39.00", "Organic cotton", SIZES, 3),
    Good(1057, "Natt Pendant", "pendant", 1, ("navy",), "159.00", "Spun aluminium", (), 4),
    Good(1058, "Peis Throw", "throw", 0, ("rust",), "89.00", "Recycled wool", (), 4),
    Good(1059, "Gave Candle", "candle", 1, ("fern",), "30.00", "Rapeseed wax", (), 3),
    Good(1060, "Espresso Mug", "mug", 0, ("charcoal",), "18.00", "Stoneware", (), 3),
)


def folder_of(good: Good) -> str:
    return next(folder for folder, shapes in FOLDERS.items() if good.shape in shapes)


def season_of(good: Good) -> str:
    """By the external ID of its value."""
    if good.shape in OF_SPRING:
        return "ss26"
    return "aw25" if good.number % 4 == 0 else "aw26"
