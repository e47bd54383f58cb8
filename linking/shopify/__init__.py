"""What linking asks of Shopify, each operation in a file of `documents/`."""
