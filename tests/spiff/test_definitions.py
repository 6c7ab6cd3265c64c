"""What pages may know about a compiled process."""

from engine.spiff import compile_definitions
from tests.spiff.drawing import draw


def info(text):
    return compile_definitions({"p.bpmn": draw(text)}).processes["P"]


def test_what_comes_next_is_ordered_by_distance_and_follows_subprocesses():
    process = info(
        """
        start s
        user a name=Write
        sub p
          start i
          user b
          i > b
        exclusive g
        user c
        user d
        s > a > p > g
        g > c if `x`
        g > d default
        """
    )
    assert [t.id for t in process.first_user_tasks()] == ["a", "b", "d", "c"]
    assert [t.id for t in process.next_user_tasks(["b"])] == ["d", "c"]
    assert process.user_tasks["a"].name == "Write"
    assert process.nodes["b"].scope == ("p",)


def test_a_loop_does_not_name_the_current_task_again():
    process = info("start s\nexclusive m\nuser a\nuser b\ns > m > a > b > m")
    assert [t.id for t in process.next_user_tasks(["a"])] == ["b"]


def test_start_events_tell_their_trigger():
    process = info("start s\nstart m message=order\nuser a\ns > a\nm > a")
    assert [(s.id, s.trigger, s.event_name) for s in process.start_events] == [
        ("s", "none", None),
        ("m", "message", "order"),
    ]


def test_the_key_of_a_set_of_files_is_its_content():
    one = compile_definitions({"p.bpmn": draw("start s\nuser a\ns > a")})
    same = compile_definitions({"p.bpmn": draw("start s\nuser a\ns > a")})
    other = compile_definitions({"p.bpmn": draw("start s\nuser b\ns > b")})
    assert one.key == same.key != other.key


def test_lanes_belong_to_their_own_file_and_the_innermost_counts():
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'

    def file(process, lane):
        return (
            f'{head}<process id="{process}"><laneSet><lane id="o" name="outer"><flowNodeRef>a</flowNodeRef>'
            f'<childLaneSet><lane id="i" name="{lane}"><flowNodeRef>a</flowNodeRef><flowNodeRef>p</flowNodeRef></lane>'
            '</childLaneSet></lane></laneSet><userTask id="a"/><subProcess id="p"><userTask id="b"/></subProcess>'
            '<sequenceFlow id="f" sourceRef="a" targetRef="p"/></process></definitions>'
        ).encode()

    for _ in range(20):
        compiled = compile_definitions({"one.bpmn": file("P", "财务处"), "two.bpmn": file("Q", "everybody")})
        tasks = [compiled.processes[p].user_tasks[t].lane for p in "PQ" for t in "ab"]
        assert tasks == ["财务处", "财务处", "everybody", "everybody"]
