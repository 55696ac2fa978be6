"""Wiegand cards as strings of '0' and '1', written from published layouts and not from lib/cardformat.

A layout: bits, facility (first, last), number (first, last), and its parity bits in the order in
which they are made: (bit, 'even' or 'odd', the bits that it covers together with itself).
"""


def span(first, last):
    return list(range(first, last + 1))


HALVES_26 = [(0, "even", span(1, 12)), (25, "odd", span(13, 24))]
HALVES_34 = [(0, "even", span(1, 16)), (33, "odd", span(17, 32))]
HALVES_37 = [(0, "even", span(1, 18)), (36, "odd", span(18, 35))]

FORMATS = {
    "h10301": (26, (1, 8), (9, 24), HALVES_26),
    "indala26": (26, (1, 12), (13, 24), HALVES_26),
    "h10306": (34, (1, 16), (17, 32), HALVES_34),
    "bqt34": (34, (1, 8), (9, 32), HALVES_34),
    "h10302": (37, None, (1, 35), HALVES_37),
    "h10304": (37, (1, 16), (17, 35), HALVES_37),
    "c1000-35": (35, (2, 13), (14, 33), [
        (1, "even", [bit for bit in span(2, 33) if bit % 3 != 1]),
        (34, "odd", [bit for bit in span(1, 33) if bit % 3 != 0]),
        (0, "odd", span(1, 34))]),
    "wiegand32": (32, (4, 15), (16, 31), []),
    "uid32": (32, None, (0, 31), []),
    # An administrator's own, where there are such objects; they share bits with those above.
    "custom-1": (32, (1, 12), (13, 30), [(0, "even", span(1, 16)), (31, "odd", span(15, 30))]),
    "custom-2": (26, (1, 4), (5, 24), HALVES_26),
    "custom-3": (37, None, (0, 36), []),
}
OWN = [name for name in FORMATS if name.startswith("custom-")]


def width(field):
    return field[1] - field[0] + 1 if field else 0


def shown(name):
    """As events call it."""
    return name.replace("custom-", "Own ")


def own_object(name):
    """The object that is such a format."""
    length, facility_at, number_at, parity = FORMATS[name]
    return {"name": shown(name), "bits": length, "ones": "",
            "facility_first": facility_at[0] if facility_at else 0,
            "facility_bits": width(facility_at), "number_first": number_at[0],
            "number_bits": width(number_at),
            "parity": [{"bit": bit, "odd": sense == "odd", "covers": ",".join(map(str, covered))}
                       for bit, sense, covered in parity]}


def encode(name, facility, number):
    """The card's bits, first transmitted first."""
    length, facility_at, number_at, parity = FORMATS[name]
    bits = [0] * length
    for field, value in ((facility_at, facility), (number_at, number)):
        if field:
            bits[field[0]:field[1] + 1] = map(int, format(value, f"0{width(field)}b"))
    for bit, sense, covered in parity:
        bits[bit] = (sum(bits[i] for i in covered) + (sense == "odd")) % 2
    return "".join(map(str, bits))


def decode(name, bits):
    """Facility and number, or None when parity is wrong; bits have the format's length."""
    _, facility_at, number_at, parity = FORMATS[name]
    for bit, sense, covered in parity:
        ones = [bits[i] for i in [*covered, bit]].count("1")
        if ones % 2 != (sense == "odd"):
            return None
    facility = int(bits[facility_at[0]:facility_at[1] + 1], 2) if facility_at else 0
    return facility, int(bits[number_at[0]:number_at[1] + 1], 2)


def packed(bits):
    """As hexadecimal digits, left-justified."""
    padded = bits + "0" * (-len(bits) % 8)
    return "".join(format(int(padded[i:i + 8], 2), "02X") for i in range(0, len(padded), 8))
