"""An element is executed, inert or refused with its name and line; there is no fourth case."""

from xml.sax.saxutils import escape

import pytest

from engine.bpmn.report import check_files
from engine.spiff import BpmnRefusedError, compile_definitions
from tests.bpmn.judging import checked, codes, definitions
from tests.spiff.drawing import draw

REFUSED = {
    "a complex gateway": ("start s\ncomplex g\nuser a\ns > g > a", "unsupported-element"),
    "a boundary event without trigger": ("start s\nuser a\nboundary b on=a\ns > a", "unsupported-event"),
    "a boundary event attached to nothing": ("start s\nuser a\nboundary b on=zz timer=P1D\ns > a", "dangling-ref"),
    "a boundary event at a gateway": (
        "start s\nparallel g\nuser a\nboundary b on=g timer=P1D\ns > g > a",
        "unsupported-event",
    ),
    "an error start of a process": ("start s error=E\nuser a\ns > a", "unsupported-event"),
    "an error that is caught in the middle": ("start s\ncatch c error=E\ns > c", "unsupported-event"),
    "a timer that is thrown": ("start s\nthrow t timer=P1D\ns > t", "unsupported-event"),
    "a timer end event": ("start s\nend e timer=P1D\ns > e", "unsupported-event"),
    "terminate in the middle": ("start s\nthrow t terminate\nuser a\ns > t > a", "unsupported-event"),
    "cancel outside a transaction": ("start s\nend e cancel\ns > e", "unsupported-event"),
    "a cancel event at a plain sub-process": (
        "start s\nsub p\n  user a\nboundary b on=p cancel\ns > p",
        "unsupported-event",
    ),
    "a triggered start of a sub-process": (
        "start s\nsub p\n  start m message=m\n  user a\n  m > a\ns > p",
        "unsupported-event",
    ),
    "an event sub-process without trigger": (
        "start s\nuser a\nevent_sub h\n  start m\n  user b\n  m > b\ns > a",
        "unsupported-event",
    ),
    "an event sub-process without start": ("start s\nuser a\nevent_sub h\n  user b\ns > a", "no-start-event"),
    "an ad-hoc sub-process in which nothing can be begun": (
        "start s\nadhoc h\n  start i\n  end e\n  user a\n  user b\n  i > e\n  a > b > a\ns > h",
        "no-start-event",
    ),
    "a circle without start": ("user a\nuser b\na > b > a", "no-start-event"),
    "an exclusive gateway without conditions": (
        "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a\ng > b",
        "no-condition",
    ),
    "a conditional event without condition": ("start s\ncatch c when=``\nuser a\ns > c > a", "no-condition"),
    "a timer without time": ("start s\ncatch c timer=``\nuser a\ns > c > a", "timer-no-time"),
    "a duration of nothing": ("start s\ncatch c timer=P\nuser a\ns > c > a", "timer-no-time"),
    "a duration without a unit": ("start s\ncatch c timer=PT5\nuser a\ns > c > a", "timer-no-time"),
    "a date that is written otherwise": ("start s\ncatch c date=2030-1-1\nuser a\ns > c > a", "timer-no-time"),
    "a date that lies beyond the year 9999 in UTC": (
        "start s\ncatch c date=9999-12-31T23:00:00-05:00\nuser a\ns > c > a",
        "timer-no-time",
    ),
    "a date before the year 1 in UTC": ("start s\ncatch c date=0001-01-01\nuser a\ns > c > a", "timer-no-time"),
    "a cycle without pause": ("start s\ncatch c cycle=R/PT0S\nuser a\ns > c > a", "timer-no-time"),
    "a sub-process called like its process": ("start s\nsub P\n  user a\ns > P", "duplicate-id"),
    "a link to nowhere": ("start s\nthrow t link=L\ns > t", "missing-target"),
    "an event gateway that leads to a task": ("start s\nevents g\nuser a\ns > g > a", "unsupported-element"),
    "an escalation among triggers that must all happen": (
        "start s\nuser a\nboundary x on=a escalation=X message=m all_of then=c\ns > a",
        "unsupported-event",
    ),
    "a boundary event at what an event gateway waits for": (
        "start s\nevents g\nreceive r message=m\nboundary x on=r timer=P1D then=b\ncatch c timer=P2D\ns > g\ng > r\n"
        "g > c",
        "unsupported-event",
    ),
    "several instances of what an event gateway waits for": (
        "start s\nevents g\nreceive r message=m times=2\ncatch c timer=P2D\ns > g\ng > r\ng > c",
        "unsupported-element",
    ),
    "a flow out of an end event": ("start s\nend e\nuser a\ns > e > a", "unsupported-flow"),
    "a day that is written otherwise": ("start s\ncatch c date=05/01/2030\nuser a\ns > c > a", "timer-no-time"),
    "a number instead of a duration": ("start s\ncatch c timer=5\nuser a\ns > c > a", "timer-no-time"),
    "a cycle that never fires": ("start s\ncatch c cycle=R0/PT1H\nuser a\ns > c > a", "timer-no-time"),
    "a cycle that never fires, marked as an expression": (
        "start s\ncatch c cycle=`=R0/PT1H`\nuser a\ns > c > a",
        "timer-no-time",
    ),
    "a duration that is too long, written as an expression of another tool": (
        "start s\ncatch c timer=`${P99999Y}`\nuser a\ns > c > a",
        "timer-no-time",
    ),
    "a cycle of a negative number": ("start s\ncatch c cycle=R-1/PT1H\nuser a\ns > c > a", "timer-no-time"),
    "a correlation key that is no FEEL": ("start s\nreceive r message=m key=`x = (`\ns > r", "expression-syntax"),
    "a payload that is no FEEL": ("start s\nthrow t message=m with=`n: x = (`\ns > t", "expression-syntax"),
    "a payload without name": ("start s\nthrow t message=m with=`:1`\ns > t", "missing-target"),
    "a value that goes nowhere": ("start s\nuser a sets=`:1`\ns > a", "missing-target"),
    "a called process that is no FEEL": ("start s\ncall c calls=`=x = (`\ns > c", "expression-syntax"),
    "an assignment of a manual task that is no FEEL": (
        "start s\nmanual a assignee=`x = (`\ns > a",
        "expression-syntax",
    ),
    "a link among several triggers": (
        "start s\nthrow t link=L\ncatch c message=m link=L\nuser a\ns > t\nc > a",
        "unsupported-event",
    ),
    "an event sub-process with nothing in it": ("start s\nuser a\nevent_sub h\ns > a", "no-start-event"),
    "a flow into a start that waits for its trigger": (
        "start s\nstart m message=m\nuser a\nuser b\ns > a > m > b",
        "unsupported-flow",
    ),
    "a boundary event at an event sub-process": (
        "start s\nuser a\nevent_sub h\n  start i message=m\n  user b\n  i > b\nboundary x on=h timer=P1D\ns > a",
        "unsupported-event",
    ),
    "several instances of an event sub-process": (
        "start s\nuser a\nevent_sub h times=2\n  start i message=m\n  user b\n  i > b\ns > a",
        "unsupported-element",
    ),
    "a flow into a compensation handler": ("start s\nuser a undone_by=u\ns > a > u", "unsupported-flow"),
    "a compensation handler in another scope": (
        "start s\nuser a\nboundary c on=a compensate handler=u\nsub p\n  user u compensation\n  user b\ns > a > p",
        "dangling-ref",
    ),
    "a compensation handler that is no activity": (
        "start s\nuser a\nboundary c on=a compensate handler=u\nend u\ns > a",
        "dangling-ref",
    ),
    "two compensation handlers of one event": (
        "start s\nuser a\nboundary c on=a compensate handler=u\nboundary d on=a compensate handler=v\n"
        "user u compensation\nuser v compensation\ns > a",
        "unsupported-event",
    ),
    "compensation of an activity in another scope": (
        "start s\nuser a\nsub p\n  start i\n  throw t compensate=a\n  i > t\ns > a > p",
        "dangling-ref",
    ),
    "a flow out of a compensation event": (
        "start s\nuser a undone_by=u\nuser b\ns > a\na_undone > b",
        "unsupported-flow",
    ),
    "a flow out of a compensation handler": ("start s\nuser a undone_by=u\nuser b\ns > a\nu > b", "unsupported-flow"),
    "an event sub-process that compensates the process": (
        "start s\nuser a\nevent_sub h\n  start m compensate then=b\ns > a",
        "unsupported-event",
    ),
    "two boundary events of one error": (
        "start s\nsub p\n  start i\n  end e error=E\n  i > e\nboundary x on=p error=E then=b\n"
        "boundary y on=p error=E then=c\ns > p",
        "unsupported-event",
    ),
    "two event sub-processes of one escalation": (
        "start s\nthrow t escalation=X\nuser a\nevent_sub h\n  start m escalation=X noninterrupting then=b\n"
        "event_sub g\n  start n escalation=X noninterrupting then=c\ns > t > a",
        "unsupported-event",
    ),
    "a flow out of a link event": (
        "start s\nthrow t link=L\ncatch l link=L\nuser a\nuser b\ns > t > a\nl > b",
        "unsupported-flow",
    ),
    "a link event that catches a message as well": (
        "start s\nthrow t link=L\ncatch l link=L message=m\nuser a\ns > t\nl > a",
        "unsupported-event",
    ),
    "an event gateway that leads to an event of all its triggers": (
        "start s\nevents g\ncatch c message=m signal=n all_of\ncatch d timer=P1D\nuser a\ns > g\ng > c > a\ng > d > a",
        "unsupported-event",
    ),
    "a condition in JUEL with a call": (
        "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `${x.size() > 1}`\ng > b default",
        "expression-language",
    ),
    "a condition that is no FEEL": (
        "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `x == `\ng > b default",
        "expression-syntax",
    ),
}


CATCHING = '<intermediateCatchEvent id="r"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'


@pytest.mark.parametrize(
    "script", ["1", "1 + 1", '"text"', "[{a: 1}]", "null", "a = b", "if true then 1 else [2]", '@"P1D"']
)
def test_a_script_whose_value_has_no_name_is_refused(script):
    drawing = "start s\nscript q body=`{}`{}\ns > q"
    assert codes(checked(drawing.format(script, "")), "error") == ["script-no-context"]
    assert codes(checked(drawing.format(script, " resultVariable=n")), "error") == []


@pytest.mark.parametrize("script", ["{a: 1}", "x", "f(x)", "x.y", "xs[1]", "if x then {a: 1} else null", "a - b"])
def test_a_script_whose_value_may_be_a_context_is_not_refused(script):
    assert codes(checked(f"start s\nscript q body=`{script}`\ns > q"), "error") == []


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_run_is_refused_by_name(case):
    drawing, code = REFUSED[case]
    report = checked(drawing)
    assert not report["executable"]
    assert code in codes(report, "error")
    problem = next(p for p in report["problems"] if p["code"] == code)
    assert problem["element"]
    assert problem["line"] == 1


ACCEPTED = {
    "a task without type": ("start s\ntask a\ns > a", ["untyped-task"]),
    "no start event": ("user a\nuser b\na > b", ["implied-start"]),
    "two start events": ("start s\nstart r\nuser a\ns > a\nr > a", ["several-start-events"]),
    "a gateway with one flow that has no condition": (
        "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `x`\ng > b",
        ["implied-default"],
    ),
    "an inclusive flow without condition": (
        "start s\ninclusive g\nuser a\nuser b\ns > g\ng > a if `x`\ng > b",
        ["always-taken"],
    ),
    "JUEL that is simple enough": (
        "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `${!done && amount >= 5}`\ng > b default",
        ["translated-expression"],
    ),
    "conditions behind an event gateway": (
        "start s\nevents g\ncatch c message=m\ncatch d timer=P1D\ns > g\ng > c if `x`\ng > d",
        ["ignored"],
    ),
    "a handler that undoes nothing": ("start s\nuser a\nuser u compensation\ns > a", ["unreachable"]),
    "a called process that is not here": ("start s\ncall c calls=Elsewhere\ns > c", ["missing-called-process"]),
    "a node that no flow leads to": ("start s\nuser a\nuser b\ns > a", ["unreachable"]),
    "a sub-process with nothing in it": ("start s\nsub p\ns > p", ["empty-sub-process"]),
    "a link that nothing throws": ("start s\nuser a\ncatch c link=L\nuser b\ns > a\nc > b", ["unreachable"]),
    "a formula that breaks off": (
        "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `n - (`\ng > b default",
        ["expression-syntax"],
    ),
    "a value that no event of the process gives": ("start s message=m sets=`n:1`\nuser a\ns > a", ["ignored"]),
    "a value that a gateway would give": (
        "start s\nparallel g sets=`n:1`\nuser a\nuser b\ns > g\ng > a\ng > b",
        ["ignored"],
    ),
    "a compensation handler that no event leads to": ("start s\nuser a\nuser u compensation\ns > a", ["unreachable"]),
    "a condition of the default flow": (
        "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `x`\ng > b if `y` default",
        ["ignored"],
    ),
    "a condition behind an event gateway": (
        "start s\nevents g\ncatch c message=m\ncatch d timer=P1D\ns > g\ng > c if `x`\ng > d",
        ["ignored"],
    ),
    "a service without operation": ("start s\nservice t\ns > t", ["no-operation"]),
    "a rule without decision": ("start s\nrule t\ns > t", ["missing-decision"]),
    "a message without name": ("start s\ncatch c message\ns > c", ["dangling-ref"]),
    "a receive task without message": ("start s\nreceive r\ns > r", ["dangling-ref"]),
    "a send task without message": ("start s\nsend t\ns > t", ["dangling-ref"]),
    "a loop without end": ("start s\nuser a loop=``\ns > a", ["loop-no-condition"]),
    "an ad-hoc sub-process without condition": ("start s\nadhoc p\n  user a\ns > p", ["ad-hoc-no-condition"]),
    "a start of a sub-process that never happens": (
        "start s\nsub p\n  start i\n  start j timer=P1D\n  user a\n  i > a\n  j > a\ns > p",
        ["unsupported-event"],
    ),
    "a transaction that is cancelled without a way out": (
        "start s\ntransaction p\n  start i\n  end c cancel\n  i > c\ns > p",
        ["missing-target"],
    ),
    "a timer start without time": ("start s timer=``\nuser a\ns > a", ["timer-no-time"]),
    "a timer that is over before it begins": ("start s\ncatch c timer=-P1D\ns > c", ["already-due"]),
    "a result under the name that sensitive values are kept under": (
        "start s\nscript q body=`1` resultVariable=__sealed__\ns > q",
        ["reserved-name"],
    ),
    "a script that sets the time of day": ("start s\nscript q body=`{done: true, now: 1}`\ns > q", ["reserved-name"]),
    "a result under a name of the engine": (
        "start s\nscript q body=`1` resultVariable=today\ns > q",
        ["reserved-name"],
    ),
    "an item under a name of the engine": (
        "start s\nuser a each=`people` as=actor\ns > a",
        ["reserved-name"],
    ),
    "a message that is kept under a name of the engine": (
        "start s\ncatch c message=told resultVariable=initiator\ns > c",
        ["reserved-name"],
    ),
    "an error that is kept under a name of the engine": (
        "start s\nsub p\n  start i\n  end e error=E\n  i > e\nboundary b on=p error=E keeps=now then=o\ns > p",
        ["reserved-name"],
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_implied_or_ignored_is_a_warning(case):
    drawing, expected = ACCEPTED[case]
    report = checked(drawing)
    assert report["executable"]
    assert codes(report) == expected


@pytest.mark.parametrize("element", ["receive r", "send r", "catch r message", "throw r signal"])
def test_an_expression_that_names_a_message_is_checked_where_it_is_the_name_of_what_waits_for_it(element):
    drawing = draw(f"start s\n{element}\ns > r").decode().replace('id="r"', 'id="r" name="=nope("')
    assert codes(checked(drawing.encode()), "error") == ["expression-syntax"]


def test_a_second_compensation_handler_is_refused():
    drawing = draw("start s\nuser a undone_by=u\nuser v compensation\ns > a").decode()
    second = '<association id="other" sourceRef="a_undone" targetRef="v"/></process>'
    assert "unsupported-event" in codes(checked(drawing.replace("</process>", second).encode()), "error")


def test_the_condition_of_a_default_flow_is_named_as_ignored():
    drawing = draw("start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `x`\ng > b if `y`").decode()
    assert codes(checked(drawing.replace('id="g"', 'id="g" default="g_b"').encode())) == ["ignored"]


@pytest.mark.parametrize(
    ("drawing", "kind", "written"),
    [
        ("start s\nuser a undone_by=u\ns > a", "compensate", "<compensateEventDefinition/>"),
        ("start s\nthrow t link=L\ncatch l link=L\nuser a\ns > t\nl > a", "link", '<linkEventDefinition name="L"/>'),
    ],
)
def test_a_compensation_event_and_a_link_may_be_referred_to(drawing, kind, written):
    file = draw(drawing).decode().replace(written, "<eventDefinitionRef>D</eventDefinitionRef>")
    root = f'<{kind}EventDefinition id="D" name="L"/>'
    assert codes(checked(file.replace("<process ", f"{root}<process ").encode())) == []


@pytest.mark.parametrize("quantity", ["startQuantity", "completionQuantity"])
def test_an_activity_that_takes_or_gives_several_tokens_is_refused(quantity):
    drawn = draw("start s\nuser a\ns > a").replace(b'<userTask id="a"', f'<userTask id="a" {quantity}="2"'.encode())
    assert codes(checked(drawn), "error") == ["unsupported-element"]


@pytest.mark.parametrize(
    ("number", "refused"), [("-3", True), ("1.5", True), ('"3"', True), ("3.0", False), ("0", False), ("n", False)]
)
def test_a_number_of_instances_that_can_be_none_is_refused(number, refused):
    found = codes(checked(f"start s\nuser a times=`{number}`\ns > a"), "error")
    assert found == (["mi-no-cardinality"] if refused else [])


def test_a_multi_instance_that_throws_an_event_for_each_instance_is_refused():
    drawn = draw("start s\nuser a times=3\ns > a")
    loud = drawn.replace(
        b"<multiInstanceLoopCharacteristics",
        b'<multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="g"',
    )
    assert codes(checked(loud), "error") == ["unsupported-event"]
    assert codes(checked(loud.replace(b' oneBehaviorEventRef="g"', b"")), "error") == []


def test_a_multi_instance_without_number_is_refused():
    body = '<process id="P"><userTask id="a"><multiInstanceLoopCharacteristics/></userTask></process>'
    assert codes(checked(definitions(body)), "error") == ["mi-no-collection"]


def test_a_file_without_process_is_refused():
    assert codes(checked(definitions("")), "error") == ["no-process"]
    assert codes(checked(definitions('<choreography id="c"><choreographyTask id="t"/></choreography>')), "error") == [
        "no-process",
        "unsupported-element",
    ]


def test_ids_that_are_missing_are_given():
    body = '<process id="P"><startEvent id="s"/><userTask id="a"/><sequenceFlow sourceRef="s" targetRef="a"/></process>'
    report = checked(definitions(body))
    assert report["executable"]
    assert report["elements"] == {"sequenceFlow": 1, "startEvent": 1, "userTask": 1}


def test_space_around_an_id_is_not_part_of_it():
    report = checked(
        definitions(
            '<process id=" P "><startEvent id=" s "/><userTask id="a"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef=" a "/></process>'
        )
    )
    assert (report["executable"], report["processes"][0]["id"]) == (True, "P")


def test_two_nodes_with_one_id_are_refused():
    body = '<process id="P"><startEvent id="s"/><userTask id="s"/></process>'
    assert "duplicate-id" in codes(checked(definitions(body)), "error")


@pytest.mark.parametrize(
    "roots",
    [
        '<message id="m" name="order"/><message id="m" name="refusal"/>',
        '<message id="m" name="order"/><signal id="m" name="alarm"/>',
        '<timerEventDefinition id="m"/><timerEventDefinition id="m"/>',
    ],
)
def test_two_things_to_refer_to_with_one_id_are_refused(roots):
    report = checked(definitions(f'{roots}<process id="P"><startEvent id="s"/></process>'))
    assert [(p["code"], p["element"]) for p in report["problems"]] == [("duplicate-id", "m")]


def test_a_reference_to_something_of_another_kind_is_named():
    task = '<receiveTask id="r" messageRef="x:g"/><sequenceFlow id="f" sourceRef="s" targetRef="r"/>'
    report = checked(definitions(f'<signal id="g"/><process id="P"><startEvent id="s"/>{task}</process>'))
    [problem] = report["problems"]
    assert (problem["code"], problem["severity"], problem["element"]) == ("dangling-ref", "warning", "r")


@pytest.mark.parametrize("gateway", ["", '<eventBasedGateway id="g" instantiate="true"/>'])
def test_what_a_message_may_start_the_process_at_is_not_said_never_to_happen(gateway):
    receive = '<receiveTask id="r" messageRef="m"{}/>'.format("" if gateway else ' instantiate="true"')
    flow = '<sequenceFlow id="f" sourceRef="g" targetRef="r"/>' if gateway else ""
    body = f'<message id="m"/><process id="P"><startEvent id="s"/>{gateway}{receive}{flow}</process>'
    assert checked(definitions(body))["problems"] == []


def test_a_second_association_to_a_handler_is_refused_and_an_event_may_refer_to_its_trigger():
    handlers = '<userTask id="u" isForCompensation="true"/><userTask id="v" isForCompensation="true"/>'
    event = '<boundaryEvent id="c" attachedToRef="a"><eventDefinitionRef>d</eventDefinitionRef></boundaryEvent>'
    one, other = (f'<association id="to_{h}" sourceRef="c" targetRef="{h}"/>' for h in "uv")
    body = (
        '<compensateEventDefinition id="d"/><process id="P"><startEvent id="s"/><userTask id="a"/>'
        f'<sequenceFlow id="f" sourceRef="s" targetRef="a"/>{event}{handlers}{one}</process>'
    )
    assert [(p["code"], p["element"]) for p in checked(definitions(body))["problems"]] == [("unreachable", "v")]
    problems = checked(definitions(body.replace("</process>", f"{other}</process>")))["problems"]
    assert [(p["code"], p["element"]) for p in problems] == [("unsupported-event", "to_v")]


def test_link_events_may_refer_to_one_definition():
    link = "<eventDefinitionRef>l</eventDefinitionRef>"
    body = (
        '<linkEventDefinition id="l" name="L"/><process id="P"><startEvent id="s"/>'
        f'<intermediateThrowEvent id="t">{link}</intermediateThrowEvent>'
        f'<intermediateCatchEvent id="c">{link}</intermediateCatchEvent>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/></process>'
    )
    assert checked(definitions(body))["problems"] == []


def test_a_handler_need_not_be_marked_as_one():
    drawing = "start s\nuser a\nboundary c on=a compensate handler=u\nuser u\ns > a"
    assert checked(drawing)["problems"] == []


def test_what_is_wrong_with_what_we_read_from_a_vendor_is_said_with_its_line():
    call = '<callActivity id="c" calledElement="P">\n<extensionElements>\n<camunda:in source="x = (" target="y"/>'
    body = f'<process id="P"><startEvent id="s"/>\n{call}</extensionElements></callActivity></process>'
    report = checked(definitions(body, 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'))
    assert [(p["code"], p["line"]) for p in report["problems"] if p["severity"] == "error"] == [
        ("expression-syntax", 3)
    ]


def test_a_line_that_the_parser_does_not_know_is_not_named():
    far = checked(definitions("\n" * 65_533 + '<process id="P"><complexGateway id="g"/></process>'))
    beyond = checked(definitions("\n" * 65_534 + '<process id="P"><complexGateway id="g"/></process>'))
    assert [far["problems"][0]["line"], beyond["problems"][0]["line"]] == [65_534, None]


@pytest.mark.parametrize(
    ("flow", "code"),
    [
        ('<sequenceFlow id="f" sourceRef="s" targetRef="nobody"/>', "missing-target"),
        ('<sequenceFlow id="f" sourceRef="s"/>', "missing-target"),
        ('<sequenceFlow id="f" sourceRef="nobody" targetRef="s"/>', "dangling-ref"),
        ('<sequenceFlow id="f" sourceRef="s" targetRef="inner"/>', "crossing-flow"),
    ],
)
def test_a_flow_that_does_not_join_two_nodes_of_a_scope_is_refused(flow, code):
    inside = '<subProcess id="p"><userTask id="inner"/></subProcess>'
    body = f'<process id="P"><startEvent id="s"/>{inside}{flow}</process>'
    assert code in codes(checked(definitions(body)), "error")


def test_an_unknown_element_is_refused_with_its_line():
    body = '<process id="P">\n<startEvent id="s"/>\n<teleporter id="t"/></process>'
    report = checked(definitions(body))
    problem = next(p for p in report["problems"] if p["code"] == "unsupported-element")
    assert (problem["element"], problem["type"], problem["line"]) == ("t", "teleporter", 3)


def test_another_expression_language_is_refused_only_where_it_is_used():
    language = 'expressionLanguage="http://www.w3.org/1999/XPath"'
    nodes = '<startEvent id="s"/><userTask id="a"/>'
    plain = f'<process id="P">{nodes}<sequenceFlow id="f" sourceRef="s" targetRef="a"/></process>'
    assert checked(definitions(plain, language))["executable"]
    used = plain.replace(
        'targetRef="a"/>', 'targetRef="a"><conditionExpression>a/b</conditionExpression></sequenceFlow>'
    )
    assert codes(checked(definitions(used, language)), "error") == ["expression-language"]
    marked = used.replace("a/b", "= x > 1")
    assert checked(definitions(marked, language))["executable"]


def test_a_script_in_another_language_is_refused():
    script = '<scriptTask id="t" scriptFormat="groovy"><script>x</script></scriptTask>'
    body = f'<process id="P"><startEvent id="s"/>{script}</process>'
    assert codes(checked(definitions(body)), "error") == ["expression-language"]


@pytest.mark.parametrize("script", ["x = 1; y = 2", "print(x) && y", "\\ ` ~"])
@pytest.mark.parametrize("language", ["", 'scriptFormat="feel"'])
def test_a_script_that_says_no_language_and_is_no_feel_is_refused(script, language):
    task = f'<scriptTask id="t" {language}><script>{escape(script)}</script></scriptTask>'
    report = checked(definitions(f'<process id="P"><startEvent id="s"/>{task}</process>'))
    assert codes(report, "error") == ["expression-syntax"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("order", []),
        ("=&quot;order &quot; + n", []),
        ("${n}", ["translated-expression"]),
        ("=n = (", ["expression-syntax"]),
        ("${n.size()}", ["expression-language"]),
        ("order-${n}", ["expression-language"]),
    ],
)
@pytest.mark.parametrize("node", ['<receiveTask id="r" messageRef="m"/>', CATCHING])
def test_the_name_of_a_message_may_be_an_expression_and_is_checked_as_one(node, name, found):
    flow = '<sequenceFlow id="f" sourceRef="s" targetRef="r"/>'
    body = f'<message id="m" name="{name}"/><process id="P"><startEvent id="s"/>{node}{flow}</process>'
    assert codes(checked(definitions(body))) == found


@pytest.mark.parametrize("said", ['<banli:parameter name="n" value="{}"/>', '<banli:correlation value="{}"/>'])
def test_what_an_event_sends_in_another_language_is_refused_and_no_crash(said):
    sent = said.format("${n.size()}")
    event = f'<extensionElements>{sent}</extensionElements><messageEventDefinition messageRef="m"/>'
    flow = '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    body = f'<message id="m"/><process id="P"><startEvent id="s"/><endEvent id="e">{event}</endEvent>{flow}</process>'
    with pytest.raises(BpmnRefusedError) as refusal:
        compile_definitions({"p.bpmn": definitions(body)})
    assert [p.code for p in refusal.value.problems] == ["expression-language"]


def test_the_code_of_an_error_is_no_expression():
    event = '<endEvent id="e"><errorEventDefinition errorRef="E"/></endEvent>'
    flow = '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    body = f'<error id="E" errorCode="=code"/><process id="P"><startEvent id="s"/>{event}{flow}</process>'
    assert codes(checked(definitions(body))) == ["ignored"]


def test_references_with_a_prefix_are_resolved():
    body = (
        '<message id="m" name="order"/><process id="P"><startEvent id="s"><messageEventDefinition messageRef="tns:m"/>'
        '</startEvent><userTask id="a"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/></process>'
    )
    assert codes(checked(definitions(body))) == []


def test_files_given_together_resolve_each_others_calls():
    main, child = draw("start s\ncall c calls=C\ns > c"), draw("start s\nuser a\ns > a", "C")
    reports = check_files({"main.bpmn": main, "child.bpmn": child})
    assert [r["problems"] for r in reports] == [[], []]
    assert check_files({"main.bpmn": main}, strict=True)[0]["executable"] is False


def test_a_called_process_that_only_a_message_begins_is_refused_at_the_call():
    files = {
        "p.bpmn": draw("start s\ncall c calls=Q\ns > c"),
        "q.bpmn": draw("start s message=m\nuser a\ns > a", "Q"),
    }
    first, second = check_files(files)
    assert (codes(first, "error"), second["executable"]) == (["no-start-event"], True)
    assert first["problems"][0]["element"] == "c"


def test_a_deployment_refuses_a_task_that_nobody_can_do():
    report = check_files({"p.bpmn": draw("start s\nuser a\nuser b assignee=`=initiator`\ns > a > b")}, strict=True)[0]
    assert [(p["code"], p["element"]) for p in report["problems"]] == [("no-assignment", "a")]


def test_an_error_behind_a_thousand_warnings_is_not_lost():
    tasks = "".join(
        f'<task id="t{n}"/><sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(1100)
    )
    last = '<exclusiveGateway id="t1100"/><userTask id="a"/><userTask id="b"/>'
    flows = (
        '<sequenceFlow id="x" sourceRef="t1100" targetRef="a"/><sequenceFlow id="y" sourceRef="t1100" targetRef="b"/>'
    )
    report = checked(definitions(f'<process id="P">{tasks}{last}{flows}</process>'))
    assert not report["executable"]
    assert codes(report, "error") == ["no-condition"]
    warnings = [p for p in report["problems"] if p["severity"] == "warning"]
    assert (len(warnings), warnings[-1]["code"]) == (1001, "not-listed")
