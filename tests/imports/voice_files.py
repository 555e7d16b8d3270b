"""Small files of voices with the quirks that real ones have."""

import random

NHS_LIKE = (
    "Comment ID,Trust,Date,Service\u00a0type 1,\"FFT\ncategorical answer\",FFT answer,Person identifiable info?,Staff manner,Timeliness of care,Parking\r\n"
    'A 1,TT,30/09/2021,PTS\u00a0 - Transport,1,"Friendly, and on time",,1,,\r\n'
    'A 2,TT,8/28/2021,See and Convey,5,"Waited two hours\nand nobody came",,,1,\r\n'
    "A 3,TT,05/10/2021,,7,Did not answer,,1,,\r\n"
    "A 4,TT,03/10/2021,See and Convey,6,Nothing.,,,,\r\n"
    "A 5,TT,13/10/2021,See and Convey,2,,,,1,\r\n"
    "A 1,TT,30/09/2021,PTS\u00a0 - Transport,1,\"Friendly, and on time\",,1,,\r\n"
).encode()

DUTCH = (
    "Datum;Klantstem;Cijfer;Naam;E-mail;Klantsegment;Kanaal;Labels\r\n"
    "01-02-2026;Bel me op 06-12345678;8,0;Jan de Vries;jan@vries.nl;Zakelijk;telefoon;nota, app\r\n"
    "2026-02-03;Mail naar piet@bakker.nl graag;7,5;Piet Bakker;piet@bakker.nl;;mail;\r\n"
    "4-2-26;\"=HYPERLINK(\"\"http://kwaad.nl\"\";\"\"klik\"\")\";0;Eva Smit;eva@smit.nl;;;\r\n"
    "46057;Goed geholpen;10;Ada Kok;ada@kok.nl;;;nota\r\n"
    "46057;Goed geholpen;10;Ada Kok;ada@kok.nl;;;nota\r\n"
)  # fmt: skip


def dutch(text: str = DUTCH) -> bytes:
    return b"\xef\xbb\xbf" + text.encode()


def many(rows: int, *, seed: int = 3) -> bytes:
    """A long file without anything wrong."""
    chance = random.Random(seed)
    words = "de monteur kwam te laat maar was vriendelijk en de nota klopt niet want ik betaal dubbel".split()
    lines = ["id;datum;opmerking;score;nota;wachten"]
    for n in range(rows):
        said = " ".join(chance.choices(words, k=chance.randint(4, 30)))
        lines.append(f"K{n};{1 + n % 28:02d}-{1 + n % 12:02d}-2025;{said};{chance.randint(0, 10)};{chance.choice(('1', '0', ''))};{chance.choice(('x', ''))}")
    return "\n".join(lines).encode()
