"""What the columns of a product export are called: in Shopify's export, in its newer template, and by Matrixify.

https://help.shopify.com/en/manual/products/import-export/using-csv, https://matrixify.app/documentation/products/
"""

OPTIONS = ("Option1 Value", "Option2 Value", "Option3 Value")
OPTION_NAMES = {value: value.replace("Value", "Name") for value in OPTIONS}  # a product's first row has them
# Shopify's own name -> what else it is called. Letters' case does not count.
CALLED = {
    "ID": (),
    "Handle": ("URL handle",),
    "Title": (),
    "Body (HTML)": ("Body HTML", "Body(HTML)", "Description"),
    "Vendor": (),
    "Type": ("Custom Product Type", "Product Type"),  # beside the one of Shopify's taxonomy, which is another column
    "Tags": (),
    "Published": ("Published on online store",),
    "Status": (),
    **dict.fromkeys((*OPTION_NAMES.values(), *OPTIONS), ()),
    "Variant ID": (),
    "Variant SKU": ("SKU",),
    "Variant Barcode": ("Barcode", "Variant Barcodes", "Barcodes"),
    "Variant Price": ("Price",),
    "Image Src": ("Product image URL",),
    "Image Position": (),
    "Image Alt Text": (),
    "Variant Image": ("Variant image URL",),
}
NAMES = {called.lower(): name for name, others in CALLED.items() for called in (name, *others)}
# One of these makes a row a variant.
OF_VARIANTS = ("Variant ID", "Variant SKU", "Variant Barcode", "Variant Price", *OPTIONS)
