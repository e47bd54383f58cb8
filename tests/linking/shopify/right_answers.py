"""The `data` that a store rightly answers to each document, small; as the official schema of 2026-10 has it."""

END = {"hasNextPage": False, "endCursor": "c1"}
P1, P2 = "gid://shopify/Product/1", "gid://shopify/Product/2"
V1, M1 = "gid://shopify/ProductVariant/1", "gid://shopify/MediaImage/1"
C1 = "gid://shopify/Collection/1"
BULK = "gid://shopify/BulkOperation/1"
PICTURE = {"preview": {"image": {"url": "https://cdn.shopify.com/s/files/front.jpg?v=1"}}}
PRODUCT = {
    "id": P1,
    "title": "Oak",
    "handle": "oak",
    "status": "ACTIVE",
    "vendor": "Acme",
    "productType": "Chair",
    "tags": ["oak"],
}
CARD = PRODUCT | {"onlineStoreUrl": "https://north.example/oak", "featuredMedia": PICTURE}
VARIANT = {"id": V1, "title": "Red", "sku": "S-1", "barcode": "1", "product": {"id": P1}}
METAFIELD = {"type": "list.single_line_text_field", "value": '["oak", "elm"]'}
REFUSED = [{"field": ["files", "0", "alt"], "message": "No.", "code": "INVALID"}]
FILE = {"id": M1, "fileStatus": "READY", "fileErrors": [{"code": "UNKNOWN", "message": "m", "details": "d"}], **PICTURE}
MEDIUM = {"id": M1, "alt": "Front", "status": "READY", "mediaContentType": "IMAGE", **PICTURE}


def of(rows: list[dict]) -> dict:
    return {"nodes": rows, "pageInfo": END}


def variants(*rows: dict) -> dict:
    known = {"id": V1, "title": "Red", "media": of([{"id": M1}])}
    return of([known | {"selectedOptions": [{"name": "Color", "value": "Red"}]}, *rows])


RIGHT: dict[str, dict] = {
    "Connection": {
        "shop": {
            "name": "North",
            "myshopifyDomain": "north.myshopify.com",
            "plan": {"publicDisplayName": "Basic"},
            "primaryDomain": {"url": "https://north.example"},
        },
        "currentAppInstallation": {"accessScopes": [{"handle": "write_files"}, {"handle": "write_products"}]},
    },
    "WebhookSubscribe": {"webhookSubscriptionCreate": {"webhookSubscription": {"id": "1"}, "userErrors": REFUSED}},
    "WebhookSubscriptions": {"webhookSubscriptions": {"nodes": [{"id": "1", "topic": "APP_UNINSTALLED", "uri": "x"}]}},
    "VariantsByField": {"productVariants": of([VARIANT])},
    "ProductsByField": {"products": of([PRODUCT])},
    "VariantsByMetafield": {"productVariants": of([VARIANT | {"metafield": METAFIELD}])},
    "NearVariantMetafields": {
        name: {"nodes": [VARIANT | {"metafield": METAFIELD}]} for name in ("spelled", "begun")
    },
    "ProductsByMetafield": {"products": of([PRODUCT | {"metafield": METAFIELD}])},
    "MetafieldDefinition": {
        "metafieldDefinitions": {"nodes": [{"id": "1", "capabilities": {"adminFilterable": {"enabled": True}}}]}
    },
    "MetafieldDefinitions": {
        "metafieldDefinitions": of(
            [{"namespace": "custom", "key": "code", "name": "Code", "type": {"name": "single_line_text_field"}}]
        )
    },
    "NearVariants": {"spelled": {"nodes": [VARIANT]}, "begun": {"nodes": [VARIANT]}},
    "NearProducts": {"spelled": {"nodes": [PRODUCT]}, "begun": {"nodes": [PRODUCT]}},
    "ProductCards": {"nodes": [CARD, CARD | {"id": P2}]},
    "ProductFacts": {"nodes": [PRODUCT, PRODUCT | {"id": P2}]},
    "CollectionsByName": {"collections": of([{"id": C1, "handle": "summer", "title": "Summer"}])},
    "CollectionsLike": {"collections": {"nodes": [{"title": "Summer"}]}},
    "ProductsInCollection": {"nodes": [{"id": P1, "inCollection": True}, {"id": P2, "inCollection": False}]},
    "ProductsPage": {
        "productsCount": {"count": 1},
        "products": of([CARD | {"variants": {"nodes": [{"id": V1, "sku": "S-1"}]}}]),
    },
    "ProductsFind": {"products": of([CARD | {"media": {"nodes": [PICTURE]}}])},
    "ProductsFindByCode": {
        "products": of([CARD | {"media": {"nodes": [PICTURE]}}]),
        "exact": {"nodes": [VARIANT | {"product": CARD}]},
        "begun": {"nodes": [VARIANT]},
    },
    "ProductFindByAddress": {"productByIdentifier": CARD | {"media": {"nodes": [PICTURE]}}},
    "ProductChosen": {"nodes": [CARD, VARIANT | {"position": 1, "selectedOptions": [{"name": "Color", "value": "Red"}]}]},
    "CatalogPage": {"products": of([PRODUCT])},
    "BulkQuery": {"bulkOperationRunQuery": {"bulkOperation": {"id": BULK, "status": "CREATED"}, "userErrors": []}},
    "BulkOperations": {"bulkOperations": of([{"id": BULK, "status": "RUNNING", "query": "query Q { shop { id } }"}])},
    "BulkStatus": {
        "bulkOperation": {
            "id": BULK,
            "status": "COMPLETED",
            "errorCode": None,
            "objectCount": "2",
            "rootObjectCount": "1",
            "fileSize": "10",
            "url": "https://storage.googleapis.com/bulk-1.jsonl",
            "partialDataUrl": None,
        }
    },
    "BulkCancel": {"bulkOperationCancel": {"bulkOperation": {"id": BULK, "status": "CANCELING"}, "userErrors": []}},
    "OwnerMetafields": {
        "nodes": [
            {"id": P1, "metafield": {"id": "1", "value": M1, "compareDigest": "abc"}},
            {"id": V1, "metafield": None},
        ]
    },
    "SwatchDefinition": {"metafieldDefinitions": {"nodes": []}},
    "MetafieldDefinitionCreate": {
        "metafieldDefinitionCreate": {"createdDefinition": None, "userErrors": [REFUSED[0] | {"code": "TAKEN"}]}
    },
    "MetafieldsSet": {"metafieldsSet": {"metafields": [], "userErrors": REFUSED}},
    "MetafieldsDelete": {"metafieldsDelete": {"deletedMetafields": [], "userErrors": REFUSED}},
    "StagedUploads": {
        "stagedUploadsCreate": {
            "stagedTargets": [
                {
                    "url": "https://storage.googleapis.com/bucket",
                    "resourceUrl": "https://storage.googleapis.com/bucket?external_video_id=1",
                    "parameters": [{"name": "key", "value": "c/o/v/1.mp4"}],
                }
            ],
            "userErrors": [],
        }
    },
    "FilesCreate": {"fileCreate": {"files": [{"id": M1, "fileStatus": "UPLOADED"}], "userErrors": REFUSED}},
    "FilesUpdate": {"fileUpdate": {"files": [{"id": M1}], "userErrors": REFUSED}},
    "FilesStatus": {"nodes": [FILE, FILE | {"id": "gid://shopify/GenericFile/2", "url": "https://cdn.shopify.com/a.pdf"}]},
    "FilesByName": {"files": of([FILE])},
    "FilesContents": {"nodes": [{"id": M1, "fileStatus": "READY", "image": {"url": "https://cdn.shopify.com/a.jpg"}}]},
    "Galleries": {"nodes": [PRODUCT | {"media": of([MEDIUM, MEDIUM | {"id": "gid://shopify/Video/2", "filename": "turn.mp4"}])}]},
    "GalleryReorder": {
        "productReorderMedia": {"job": {"id": "gid://shopify/Job/1", "done": False}, "mediaUserErrors": REFUSED}
    },
    "VariantPictures": {"nodes": [{"id": P1, "variants": variants()}]},
    "VariantOptions": {"nodes": [{"id": P1, "variants": variants()}]},
    "VariantValues": {"nodes": [{"id": P1, "variants": variants()}]},
    "VariantsShow": {"productVariantsBulkUpdate": {"productVariants": [VARIANT], "userErrors": REFUSED}},
    "GalleriesMore": {"product": {"media": of([MEDIUM])}},
    "JobStatus": {"job": {"id": "gid://shopify/Job/1", "done": False}},
    "VariantsDetach": {"productVariantDetachMedia": {"userErrors": REFUSED}},
}  # fmt: skip
# What a bulk query reads: products, and variants that name theirs.
LINES = [PRODUCT | {"metafield": METAFIELD}, {**VARIANT, "__parentId": P1}]
