"""What is wrong in the drawn shop on purpose, because it is wrong in real ones.

Numbers are those of goods.py. Things at odd places in that list are missing in one of two stores, so what is meant to meet
in one store stands at the first, third, fifth ... place.
"""

# SKUs of the store that differ from FF-<number>.
PRODUCT_SKUS = {
    1003: "SKU-012",
    1005: "SKU-0012",  # a near miss of the one before
    1009: "FF-1007",  # two products of a store share it: ambiguous
    1015: 'PLATE-10"',
    1021: "A&B/45 (v2)",
    1027: "Ø-340, grå",
    1033: "FF 1033:X*",
    1043: "ff-1041",  # the lower-case twin of another product's
}
WITHOUT_SKU = (1012, 1019, 1030, 1047)
# SKUs that assets carry although the store says otherwise.
ASSET_SKUS = {
    1013: "FF-1013 ",  # a space at the end
    1025: "FF-01025",  # mistyped
    1055: "ff-1055",  # in small letters
}
ASSETS_WITHOUT_SKU = (1012, 1024, 1047)
DRAFTS = (1028, 1045, 1051)
ARCHIVED = (1032, 1056)
# How many pictures a product has already, from the years before the media library.
OLD_PICTURES = {
    1001: 2,
    1003: 1,
    1004: 4,
    1007: 3,
    1009: 1,
    1010: 3,
    1011: 2,
    1015: 1,
    1017: 5,
    1020: 2,
    1023: 6,
    1026: 1,
}
OLD_PICTURES |= {1029: 3, 1035: 2, 1037: 1, 1039: 4, 1042: 2, 1048: 1, 1053: 2, 1060: 3}
NAMED_FRONT = (1029, 1044, 1060)  # all their assets are called "front", "side", ... and nothing more
CLIPS = (1001, 1004, 1006, 1023, 1026)
# Has assets that may not be shown, and pictures of all formats: not the first, so that a shop looks its best at first sight.
ODD = 1057
TOO_BIG = 1023  # has an asset with more pixels than Shopify takes
TOO_BIG_SIDE = 5200
