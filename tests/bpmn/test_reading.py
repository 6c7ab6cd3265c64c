"""Files that strangers wrote are read within bounds; nothing in them is fetched, expanded or hidden."""

import pytest

from engine.bpmn.read import UnreadableError, read_xml

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'


def file(body="", head=""):
    return f"{head}{HEAD}{body}</definitions>".encode()


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"   ",
        b"not xml",
        b"<a><b></a>",
        file(head="<!DOCTYPE x>"),
        file("&e;", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        file("&a;", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
        file("&e;", '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'),
        b"\x00\x01\x02",
        b"\x1f\x8b" + bytes(40),
        b'<?xml version="1.0" encoding="UTF-7"?><a/>',
        '<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>'.encode("latin-1"),
        b"<a>" * 300 + b"</a>" * 300,
        b"<a>" * 100_000,
        b"<a>" + b"<b/>" * 500_000 + b"</a>",
        b"<a " + b" ".join(b'x%d=""' % n for n in range(5_000)) + b"/>",
        b"<a>" + b"x" * (6 * 1024 * 1024) + b"</a>",
        b"\xff\xfe<",
    ],
)
def test_hostile_bytes_get_an_answer(hostile):
    with pytest.raises(UnreadableError):
        read_xml(hostile)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "iso-8859-1", "us-ascii", "windows-1252", "utf-16"])
def test_the_usual_encodings_are_read(encoding):
    name = "审批" if encoding in {"utf-8", "gb18030", "gbk", "utf-16"} else "approve"
    text = f'<?xml version="1.0" encoding="{encoding}"?>{HEAD}<process name="{name}"/></definitions>'
    root = read_xml(text.encode(encoding))
    assert root[0].get("name") == name


def test_a_byte_order_mark_and_leading_space_do_no_harm():
    assert read_xml(b"\xef\xbb\xbf  " + file()).tag.endswith("definitions")


def test_an_error_names_the_line():
    with pytest.raises(UnreadableError) as error:
        read_xml(b'<?xml version="1.0"?>\n<a>\n<b>\n</a>')
    assert error.value.line == 4
