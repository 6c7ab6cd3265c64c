"""Who and what the demo organisation consists of: a medical university, without one real person.

Pure data and the rules by which names and log-ins follow from it; `engine.demo.organisation` writes it. Names say
what a person is (代表-基础医学院-01), log-ins are short, ASCII and stable, so that tests and scripts may rely on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

TERM = 4
TERM_STARTS = date(2022, 1, 1)
TERM_ENDS = date(2027, 12, 31)
MEMBERS_WITHOUT_LOGIN = 1500

UNION = "校工会"
MOTION_COMMITTEE = "提案工作委员会"
PRESIDIUM = "主席团"
SCHOOL_LEADERS = "校领导"
AUDIT_COMMITTEE = "经费审查委员会"
CHAIRS_MEETING = "主席办公会议"
UNION_COMMITTEE = "校工会委员会"
ALL_BRANCHES = "各基层工会"

# (delegation without 代表团, the units its representatives work in)
DELEGATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("基础医学院", ("基础医学院",)),
    ("第一临床学院", ("第一临床学院",)),
    ("第二临床学院", ("第二临床学院",)),
    ("第三临床学院", ("第三临床学院",)),
    ("护理学院", ("护理学院",)),
    ("药学院", ("药学院",)),
    ("公共卫生学院", ("公共卫生学院",)),
    ("生命科学技术学院", ("生命科学技术学院",)),
    ("医学工程学院", ("医学工程学院",)),
    ("医学检验学院", ("医学检验学院",)),
    ("心理与精神医学学院", ("心理与精神医学学院",)),
    ("法医学院", ("法医学院",)),
    ("管理学院", ("管理学院",)),
    ("马克思主义学院", ("马克思主义学院",)),
    ("外国语学院", ("外国语学院",)),
    ("体育教研部", ("体育教研部",)),
    ("机关一", ("教务处", "人事处", "科研处", "研究生院", "学生处")),
    ("机关二", ("财务处", "党委办公室", "发展规划处", "宣传部", "组织部")),
    ("后勤与直属", ("后勤管理处", "保卫处", "基建处", "国有资产管理处", "校医院")),
    ("图书馆与信息", ("图书馆", "信息化管理中心")),
)

HOSPITALS = ("第一临床学院", "第二临床学院", "第三临床学院")
COLLEGES = (
    *("基础医学院", "护理学院", "药学院", "公共卫生学院", "生命科学技术学院", "医学工程学院", "医学检验学院"),
    *("心理与精神医学学院", "法医学院", "管理学院", "马克思主义学院", "外国语学院", "体育教研部"),
)
DEPARTMENTS = (
    *("党委办公室", "组织部", "宣传部", "发展规划处", "教务处", "科研处", "研究生院", "学生处", "人事处", "财务处"),
    *("国有资产管理处", "实验室与设备管理处", "基建处", "后勤管理处", "保卫处", "附属医院管理处", "离退休工作处"),
    *("信息化管理中心", "图书馆", "校医院", UNION),
)

# every unit that can be given a motion, in the order that numbers its officers' log-ins; append only
HANDLING_UNITS: tuple[str, ...] = (*DEPARTMENTS, *COLLEGES, *HOSPITALS, ALL_BRANCHES)

# the school leader (by number) in charge of each handling unit
LEADER_CHARGES: dict[int, tuple[str, ...]] = {
    1: ("党委办公室", "组织部", "宣传部", UNION, ALL_BRANCHES, "离退休工作处", "马克思主义学院", "管理学院"),
    2: ("教务处", "研究生院", "外国语学院", "体育教研部", "图书馆", "基础医学院", "心理与精神医学学院"),
    3: ("人事处", "财务处", "发展规划处", "学生处", "护理学院", "法医学院"),
    4: ("科研处", "实验室与设备管理处", "信息化管理中心", "药学院", "生命科学技术学院", "医学工程学院"),
    5: ("后勤管理处", "基建处", "国有资产管理处", "保卫处", "校医院"),
    6: ("附属医院管理处", *HOSPITALS, "公共卫生学院", "医学检验学院"),
}

# numbers of representatives: 01-16 everywhere (12 is the head of the delegation), and those who act in the caseload
REPRESENTATIVE_NUMBERS = tuple(range(1, 17))
DELEGATION_HEAD_NUMBER = 12
EXTRA_REPRESENTATIVES: dict[str, tuple[int, ...]] = {
    "基础医学院": (17, 18, 19, 31),
    "生命科学技术学院": (17, 18, 19, 31),
    "护理学院": (17, 31),
    "药学院": (31,),
    "公共卫生学院": (31,),
    "医学工程学院": (31,),
    "第二临床学院": (31,),
    "机关一": (31,),
    "图书馆与信息": (31,),
    "机关二": (71, 81, 91),
    "后勤与直属": (72, 74, 82, 84, 92, 94),
    "第一临床学院": (73, 83, 93),
    "管理学院": (75, 85, 95),
    "第三临床学院": (76, 86, 96),
}

# committee members work in different units, so that nobody has to follow a case of his or her own unit
COMMITTEE_HOME_UNITS = (
    *("党委办公室", "基础医学院", "第一临床学院", "护理学院"),
    *("图书馆", "人事处", "药学院", "管理学院"),
)


@dataclass(frozen=True)
class DemoUnit:
    """A unit of the demo organisation; its code is its name."""

    name: str
    kind: str
    parent: str | None = None


@dataclass(frozen=True)
class DemoRole:
    """A role held at a unit (None: at none)."""

    role: str
    unit: str | None = None
    of_term: bool = False


@dataclass(frozen=True)
class DemoPerson:
    """A person; ``login`` is the staff number and user id. ``can_log_in`` is false for plain members."""

    login: str
    name: str
    unit: str
    roles: tuple[DemoRole, ...] = field(default=())
    can_log_in: bool = True


def units() -> Iterator[DemoUnit]:
    """Every unit, parents first."""
    yield DemoUnit(SCHOOL_LEADERS, "leadership")
    yield from (DemoUnit(name, "department") for name in DEPARTMENTS)
    yield from (DemoUnit(name, "college") for name in COLLEGES)
    yield from (DemoUnit(name, "hospital") for name in HOSPITALS)
    yield from (DemoUnit(f"{name}代表团", "delegation") for name, _ in DELEGATIONS)
    yield DemoUnit(ALL_BRANCHES, "branch_union", UNION)
    yield from (DemoUnit(f"{name}分工会", "branch_union", ALL_BRANCHES) for name, _ in DELEGATIONS)
    for body in (MOTION_COMMITTEE, PRESIDIUM, AUDIT_COMMITTEE, CHAIRS_MEETING, UNION_COMMITTEE):
        yield DemoUnit(body, "body", UNION)


def representative_login(delegation_number: int, number: int) -> str:
    """``d0103``: the third representative of the first delegation."""
    return f"d{delegation_number:02d}{number:02d}"


def representatives() -> Iterator[DemoPerson]:
    """Every representative, spread over the units of the delegation; number 12 heads it."""
    for index, (delegation, home_units) in enumerate(DELEGATIONS, start=1):
        unit = f"{delegation}代表团"
        numbers = (*REPRESENTATIVE_NUMBERS, *EXTRA_REPRESENTATIVES.get(delegation, ()))
        for number in numbers:
            roles = [DemoRole("rep", unit, of_term=True), DemoRole("member")]
            if number == DELEGATION_HEAD_NUMBER:
                roles.append(DemoRole("delegation_head", unit, of_term=True))
            yield DemoPerson(
                representative_login(index, number),
                f"代表-{delegation}-{number:02d}",
                home_units[number % len(home_units)],
                tuple(roles),
            )


def handling_people() -> Iterator[DemoPerson]:
    """One head and two officers for every unit that can be given a motion: ``h05``, ``o0501``, ``o0502``."""
    for index, unit in enumerate(HANDLING_UNITS, start=1):
        yield DemoPerson(f"h{index:02d}", f"负责人-{unit}", unit, (DemoRole("unit_head", unit),))
        for number in (1, 2):
            login = f"o{index:02d}{number:02d}"
            yield DemoPerson(login, f"承办人-{unit}-{number:02d}", unit, (DemoRole("unit_officer", unit),))


def leaders() -> Iterator[DemoPerson]:
    """School leaders ``l01`` … ``l06``."""
    for number in LEADER_CHARGES:
        role = DemoRole("school_leader", SCHOOL_LEADERS)
        yield DemoPerson(f"l{number:02d}", f"校领导-{number:02d}", SCHOOL_LEADERS, (role,))


def committee() -> Iterator[DemoPerson]:
    """The motion committee: its head ``c01`` and members ``c02`` … ``c08``."""
    for number, home_unit in enumerate(COMMITTEE_HOME_UNITS, start=1):
        roles = [DemoRole("motion_committee", MOTION_COMMITTEE, of_term=True)]
        name = f"提案委委员-{number:02d}"
        if number == 1:
            roles.append(DemoRole("motion_committee_head", MOTION_COMMITTEE, of_term=True))
            name = "提案委主任"
        yield DemoPerson(f"c{number:02d}", name, home_unit, tuple(roles))


def presidium() -> Iterator[DemoPerson]:
    """The presidium ``p01`` … ``p07``."""
    for number in range(1, 8):
        role = DemoRole("presidium", PRESIDIUM, of_term=True)
        yield DemoPerson(f"p{number:02d}", f"主席团成员-{number:02d}", COLLEGES[number], (role,))


def union_people() -> Iterator[DemoPerson]:
    """Chair, vice chairs and the union's own staff."""
    meeting = DemoRole("chairs_meeting", CHAIRS_MEETING, of_term=True)
    elected = DemoRole("union_committee", UNION_COMMITTEE, of_term=True)
    chair = DemoRole("chair", UNION, of_term=True)
    vice_chair = DemoRole("vice_chair", UNION, of_term=True)
    yield DemoPerson("chair", "工会主席", UNION, (chair, meeting, elected))
    yield DemoPerson("vchair1", "工会常务副主席", UNION, (vice_chair, meeting, elected))
    yield DemoPerson("vchair2", "工会副主席-02", UNION, (vice_chair, meeting, elected))
    for number in (1, 2):
        yield DemoPerson(f"clerk{number}", f"校工会办公室-{number:02d}", UNION, (DemoRole("union_clerk", UNION),))
        yield DemoPerson(f"welfare{number}", f"生活福利部-{number:02d}", UNION, (DemoRole("welfare_desk", UNION),))
        yield DemoPerson(f"finance{number}", f"工会财务-{number:02d}", UNION, (DemoRole("finance", UNION),))
    audit = DemoRole("audit", AUDIT_COMMITTEE)
    yield DemoPerson("audit1", "经审委员-01", "财务处", (audit, DemoRole("rep", "机关二代表团", of_term=True)))
    yield DemoPerson("audit2", "经审委员-02", "组织部", (audit,))
    office = DemoRole("union_clerk", UNION)
    yield DemoPerson("owner", "流程负责人", UNION, (DemoRole("process_owner"), office))


def administrators() -> Iterator[DemoPerson]:
    """The three administrators: system, security, audit, in three hands."""
    yield DemoPerson("admin", "系统管理员", "信息化管理中心", (DemoRole("admin"),))
    yield DemoPerson("secadmin", "安全管理员", "信息化管理中心", (DemoRole("security_admin"),))
    yield DemoPerson("auditadmin", "审计管理员", "信息化管理中心", (DemoRole("audit_admin"),))


def branch_people() -> Iterator[DemoPerson]:
    """Chair and officer of every branch union: ``bc01``, ``bo01``."""
    for index, (name, home_units) in enumerate(DELEGATIONS, start=1):
        unit = f"{name}分工会"
        chair = DemoRole("branch_chair", unit, of_term=True)
        yield DemoPerson(f"bc{index:02d}", f"分工会主席-{name}", home_units[0], (chair,))
        yield DemoPerson(f"bo{index:02d}", f"分工会干事-{name}", home_units[0], (DemoRole("branch_officer", unit),))


def member_sample() -> Iterator[DemoPerson]:
    """Five members who can log in: ``s01`` … ``s05``."""
    for number in range(1, 6):
        yield DemoPerson(f"s{number:02d}", f"会员-{number:02d}", COLLEGES[number], (DemoRole("member"),))


def plain_members() -> Iterator[DemoPerson]:
    """1,500 members without log-in; staff numbers with leading zeros, as in real lists."""
    homes = (*COLLEGES, *HOSPITALS, *DEPARTMENTS)
    for number in range(1, MEMBERS_WITHOUT_LOGIN + 1):
        unit = homes[number % len(homes)]
        yield DemoPerson(f"00{number:04d}", f"职工-{number:04d}", unit, (DemoRole("member"),), can_log_in=False)


def people() -> Iterator[DemoPerson]:
    """Everybody, the accounts first."""
    for group in (
        administrators,
        union_people,
        committee,
        presidium,
        leaders,
        handling_people,
        representatives,
        branch_people,
        member_sample,
        plain_members,
    ):
        yield from group()


# what the table of demo log-ins shows: one account a role, each with something to do in the running season
SHOWN_LOGINS: tuple[tuple[str, str], ...] = (
    ("代表（提案人）", "d0101"),
    ("代表（附议人）", "d0113"),
    ("代表团团长", "d0112"),
    ("校工会办公室", "clerk1"),
    ("提案委主任", "c01"),
    ("提案委委员", "c02"),
    ("工会主席", "chair"),
    ("工会常务副主席", "vchair1"),
    ("分管校领导（教务）", "l02"),
    ("单位负责人（教务处）", "h05"),
    ("承办人（教务处）", "o0501"),
    ("主席团", "p01"),
    ("经审（也是代表）", "audit1"),
    ("流程负责人（在办公室）", "owner"),
    ("系统管理员", "admin"),
)
