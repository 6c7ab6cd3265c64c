"""The catalogue of roles: who may hold which, where, and which exclude each other.

A role is bound to a unit and to dates; most are bound to a congress term as well. What a role may do stands in the
diagrams (candidate roles) and in the pages (`administrator roles`), never here.

Source:
    The domain handbook's table of roles; the three administrators of GB/T 22239-2019 ("等保 2.0").
"""

from dataclasses import dataclass

from models import UnitKind

UNIT_KIND_NAMES: dict[str, str] = {
    UnitKind.DEPARTMENT: "部门",
    UnitKind.COLLEGE: "学院",
    UnitKind.HOSPITAL: "附属医院",
    UnitKind.BRANCH_UNION: "基层工会",
    UnitKind.DELEGATION: "代表团",
    UnitKind.LEADERSHIP: "校领导",
    UnitKind.BODY: "机构",
}

HANDLING_KINDS = frozenset({UnitKind.DEPARTMENT, UnitKind.COLLEGE, UnitKind.HOSPITAL, UnitKind.BRANCH_UNION})


@dataclass(frozen=True)
class Role:
    """One role.

    ``unit_kinds`` are the kinds of unit it can be held at; empty means it is held at no unit (or at any).
    ``bound_to_term``: the rights end with the congress term, what is open stays with the person.
    ``administrator``: one of the three administrators, of which a person can hold only one.
    """

    id: str
    name: str
    unit_kinds: frozenset[str] = frozenset()
    bound_to_term: bool = False
    administrator: bool = False


def _kinds(*kinds: UnitKind) -> frozenset[str]:
    return frozenset(kinds)


_BODY = _kinds(UnitKind.BODY)
_BRANCH = _kinds(UnitKind.BRANCH_UNION)
_DELEGATION = _kinds(UnitKind.DELEGATION)

ROLES: dict[str, Role] = {
    role.id: role
    for role in (
        Role("rep", "代表", _DELEGATION, bound_to_term=True),
        Role("delegation_head", "代表团团长", _DELEGATION, bound_to_term=True),
        Role("presidium", "主席团成员", _BODY, bound_to_term=True),
        Role("motion_committee", "提案委委员", _BODY, bound_to_term=True),
        Role("motion_committee_head", "提案委主任", _BODY, bound_to_term=True),
        Role("union_clerk", "校工会办公室", _kinds(UnitKind.DEPARTMENT)),
        Role("welfare_desk", "生活福利部", _kinds(UnitKind.DEPARTMENT)),
        Role("chair", "工会主席", bound_to_term=True),
        Role("vice_chair", "工会副主席", bound_to_term=True),
        Role("school_leader", "分管校领导", _kinds(UnitKind.LEADERSHIP)),
        Role("unit_head", "单位负责人", frozenset(HANDLING_KINDS)),
        Role("unit_officer", "承办人", frozenset(HANDLING_KINDS)),
        Role("branch_chair", "基层工会主席", _BRANCH, bound_to_term=True),
        Role("branch_officer", "基层工会干事", _BRANCH),
        Role("member", "会员"),
        Role("chairs_meeting", "主席办公会议成员", _BODY, bound_to_term=True),
        Role("union_committee", "工会委员会委员", _BODY, bound_to_term=True),
        Role("review_group", "评审小组成员", _BODY),
        Role("evaluation_group", "采购评审成员", _BODY),
        Role("finance", "财务经办", _kinds(UnitKind.DEPARTMENT)),
        Role("audit", "经审/纪检", _kinds(UnitKind.DEPARTMENT, UnitKind.BODY)),
        Role("process_owner", "流程负责人"),
        Role("admin", "系统管理员", administrator=True),
        Role("security_admin", "安全管理员", administrator=True),
        Role("audit_admin", "审计管理员", administrator=True),
    )
}

ADMINISTRATOR_ROLES = frozenset(role.id for role in ROLES.values() if role.administrator)


def role_name(role_id: str) -> str:
    """The role's Chinese name; the id itself when the catalogue does not know it."""
    role = ROLES.get(role_id)
    return role.name if role else role_id


def clashing_role(role_id: str, held: frozenset[str] | set[str]) -> str | None:
    """The administrator role already held that forbids ``role_id``, or None.

    System, security and audit administration lie in three different hands: who keeps the accounts must not be who
    reads what was done with them.
    """
    if role_id not in ADMINISTRATOR_ROLES:
        return None
    others = (ADMINISTRATOR_ROLES - {role_id}) & set(held)
    return min(others) if others else None


def fits_unit(role_id: str, unit_kind: str | None) -> bool:
    """Whether the role can be held at a unit of this kind (None: at no unit)."""
    kinds = ROLES[role_id].unit_kinds
    if not kinds:
        return True
    return unit_kind in kinds
