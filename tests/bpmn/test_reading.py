"""Files that strangers wrote are read within bounds; nothing in them is fetched, expanded or hidden."""

import pytest

from engine.bpmn.diagram import read_diagram
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


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "gb18030", "gbk", "iso-8859-1", "us-ascii", "windows-1252", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_the_usual_encodings_are_read(encoding):
    name = "审批" if encoding.startswith(("utf", "gb")) else "approve"
    text = f'<?xml version="1.0" encoding="{encoding}"?>{HEAD}<process name="{name}"/></definitions>'
    root = read_xml(text.encode(encoding))
    assert root[0].get("name") == name


def test_a_file_that_was_written_as_utf_16_and_stored_as_utf_8_is_read():
    declared = '<?xml version="1.0" encoding="utf-16"?>'  # as a writer into a text leaves it
    assert read_xml(file('<process name="审批"/>', declared))[0].get("name") == "审批"


def test_a_byte_order_mark_and_leading_space_do_no_harm():
    assert read_xml(b"\xef\xbb\xbf  " + file()).tag.endswith("definitions")


def test_an_error_names_the_line():
    with pytest.raises(UnreadableError) as error:
        read_xml(b'<?xml version="1.0"?>\n<a>\n<b>\n</a>')
    assert error.value.line == 4


def _of_size(size):
    return file("<process><!--" + "x" * (size - len(file("<process><!----></process>"))) + "--></process>")


def _of_depth(depth):
    return file("<process>" + "<subProcess>" * (depth - 2) + "</subProcess>" * (depth - 2) + "</process>")


def _of_elements(count):
    return file("<process>" + "<task/>" * count + "</process>")


@pytest.mark.parametrize(
    ("made", "bound"), [(_of_size, 5 * 1024 * 1024), (_of_depth, 200), (_of_elements, 20_000), (_of_depth, 255)]
)
def test_a_file_may_reach_each_bound_and_not_pass_it(made, bound):
    assert codes(made(bound)) == ([] if bound != 255 else ["budget"])
    assert codes(made(bound + 1)) == ["budget"]


def codes(data):
    return [problem.code for problem in read_diagram(data, "a.bpmn").problems]
