"""The colours of the drawn shop: external_id -> (label, what it looks like)."""

Rgb = tuple[int, int, int]

COLORS: dict[str, tuple[str, Rgb]] = {
    "moss": ("Moss", (92, 107, 66)),
    "fern": ("Fern", (86, 140, 98)),
    "sage": ("Sage", (164, 181, 155)),
    "clay": ("Clay", (188, 108, 79)),
    "rust": ("Rust", (160, 74, 45)),
    "ochre": ("Ochre", (214, 160, 62)),
    "sand": ("Sand", (214, 192, 160)),
    "oat": ("Oat", (233, 222, 203)),
    "ivory": ("Ivory", (246, 240, 228)),
    "blush": ("Blush", (226, 178, 170)),
    "plum": ("Plum", (106, 62, 92)),
    "sky": ("Sky", (150, 186, 210)),
    "fjord": ("Fjord", (58, 100, 130)),
    "navy": ("Navy", (38, 52, 84)),
    "slate": ("Slate", (112, 122, 132)),
    "charcoal": ("Charcoal", (58, 58, 62)),
}


def rgb(color: str) -> Rgb:
    return COLORS[color][1]


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of the other: 0 is one, 1 is other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lighter(color: Rgb, share: float) -> Rgb:
    return mixed(color, (255, 255, 255), share)


def darker(color: Rgb, share: float) -> Rgb:
    return mixed(color, (24, 20, 22), share)
