"""``banli import people FILE.xlsx``: try out by default, ``--apply`` writes all or nothing."""

from pathlib import Path

import click

from engine.commands.organisation.people_import import apply_people_import
from engine.people_import import FIELDS, ImportOptions, ImportPlan, plan_people_import, read_sheet
from engine.people_import.plan import Change
from engine.workbooks.uploaded import LARGEST_FILE

SHOWN = 50  # problems printed; the rest is counted
EXIT_PROBLEMS = 1


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map", "mappings", multiple=True, metavar="列名=字段", help=f"列与字段的对应，字段：{'、'.join(FIELDS)}"
)
@click.option("--sheet", "sheet_name", help="工作表名称，默认第一张 · name of the sheet")
@click.option("--create-units", is_flag=True, help="自动新建未知单位 · add unknown units as departments")
@click.option("--complete", is_flag=True, help="名单是完整的：不在其中的人停用 · whoever is not listed has left")
@click.option("--accept-many-missing", is_flag=True, help="确认停用三成以上的人 · even if more than 30 % have left")
@click.option("--apply", "apply_", is_flag=True, help="写入；默认只试算 · write; without it nothing is changed")
@click.option("--database", "database_url", envvar="BANLI_DATABASE_URL", help="数据库地址 · database URL")
def people(
    *,
    file: Path,
    mappings: tuple[str, ...],
    sheet_name: str | None,
    create_units: bool,
    complete: bool,
    accept_many_missing: bool,
    apply_: bool,
    database_url: str | None,
) -> None:
    """从 Excel 导入人员。默认只试算，逐行列出错误；加 --apply 才写入，有一处错误就什么也不写。

    Import people from XLSX: a dry run with errors by row; --apply writes everything or nothing.
    """
    from engine.bootstrap import open_engine

    with file.open("rb") as stream:
        sheet = read_sheet(stream.read(LARGEST_FILE + 1), sheet_name=sheet_name)
    mapping = sheet.guessed_mapping() | _given_mapping(mappings)
    options = ImportOptions(create_units, complete, accept_many_missing)
    engine = open_engine(database_url, must_exist=True)
    try:
        with engine.unit_of_work() if apply_ else engine.reading() as uow:
            plan = plan_people_import(uow.session, sheet, mapping, options, today=uow.today)
            _print_plan(plan, mapping)
            if not plan.can_apply:
                raise SystemExit(EXIT_PROBLEMS)
            if apply_:
                result = apply_people_import(uow, plan)
                click.echo(f"已写入：新增 {result.created} 人，更新 {result.changed} 人，停用 {result.ended} 人")
            else:
                click.echo("以上为试算，没有写入。确认后加 --apply 再执行。")
    finally:
        engine.close()


def _given_mapping(mappings: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for text in mappings:
        heading, separator, field = text.rpartition("=")
        if not separator or not heading:
            raise click.UsageError(f"--map 应写成 列名=字段，例如 姓名=name，而不是“{text}”")
        given[heading] = field
    return given


def _print_plan(plan: ImportPlan, mapping: dict[str, str]) -> None:
    click.echo("列：" + "，".join(f"{heading} → {FIELDS[field][0]}" for heading, field in mapping.items()))
    if plan.ignored_columns:
        click.echo("不导入的列：" + "、".join(plan.ignored_columns))
    for problem in plan.problems[:SHOWN]:
        click.echo(
            f"错误  第 {problem.row} 行  {problem.column}：{problem.message}" if problem.row else problem.message
        )
    if len(plan.problems) > SHOWN:
        click.echo(f"……另有 {len(plan.problems) - SHOWN} 处错误")
    for warning in plan.warnings[:SHOWN]:
        click.echo(f"注意  第 {warning.row} 行  {warning.column}：{warning.message}")
    if plan.new_units:
        click.echo("新建单位：" + "、".join(plan.new_units))
    click.echo(
        f"共 {len(plan.lines)} 行可用：新增 {plan.count(Change.CREATE)}，更新 {plan.count(Change.UPDATE)}，"
        f"恢复 {plan.count(Change.REINSTATE)}，停用 {plan.count(Change.END)}，不变 {plan.count(Change.NONE)}；"
        f"错误 {len(plan.problems)} 处"
    )
