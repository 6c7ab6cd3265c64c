"""The ``banli`` command. Its sub-commands are imported only when they are called.

So ``banli feel`` and ``banli simulate`` start without a database driver, and ``banli --help`` starts at once.
"""

import importlib
from typing import Any

import click

from engine.cli.refusal import EXIT_REFUSED, notice_json, raise_as_refusal, wrong_usage

# name: (module:attribute, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "feel": ("engine.cli.feel:feel", "求值 FEEL 表达式 · evaluate a FEEL expression"),
    "decide": ("engine.cli.decide:decide", "求值 DMN 决策 · evaluate a DMN decision"),
    "simulate": ("engine.cli.simulate:simulate", "按脚本模拟流程图 · run a diagram by a script"),
    "check": ("engine.cli.check:check", "检查流程图与决策表 · check diagrams and tables"),
    "deploy": ("engine.cli.deploy:deploy", "部署流程目录 · deploy a process folder"),
    "worker": ("engine.cli.worker:worker", "执行到期作业 · carry out jobs that are due"),
    "conditions": ("engine.cli.conditions:conditions", "按条件启动流程 · start what begins by a condition"),
    "database": ("engine.cli.database:database", "建库与升级 · create or migrate the database"),
    "organisation": ("engine.cli.organisation:organisation", "人员、单位与届次 · people, units, sessions"),
    "import": ("engine.cli:import_", "导入人员 · import people from a spreadsheet"),
    "demo": ("engine.cli.demo:demo", "准备演示数据 · prepare the demo data"),
    "replay": ("engine.cli.replay:replay", "重放一年的提案 · replay a year's caseload"),
    "report": ("engine.cli.report:report", "统计报告 · print a report"),
    "backup": ("engine.cli.backup:backup", "备份 · back up the database"),
    "restore": ("engine.cli.backup:restore", "恢复备份 · restore a backup"),
    "audit": ("engine.cli.audit:audit", "校验历史链 · verify the history"),
}


class LazyGroup(click.Group):
    """A click group that knows its commands by address and imports one when it is called."""

    def __init__(self, *args: Any, addresses: dict[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses = addresses

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table: what an author needs first, then operation."""
        return [*self._addresses, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None when there is none of that name."""
        if cmd_name not in self._addresses:
            return super().get_command(ctx, cmd_name)
        module_name, _, attribute = self._addresses[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module_name), attribute)
        assert isinstance(command, click.Command), f"{module_name}:{attribute} is not a command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none of them."""
        with formatter.section("命令 · Commands"):
            lines = [(name, help_line) for name, (_, help_line) in self._addresses.items()]
            lines += [(name, command.get_short_help_str()) for name, command in self.commands.items()]
            formatter.write_dl(lines)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the group's own options; wrong usage exits with `EXIT_USAGE`."""
        notice_json(ctx, args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise wrong_usage(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal of the engine is a sentence and exit 1, never a traceback."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise wrong_usage(error) from error
        except Exception as error:
            raise_as_refusal(error, EXIT_REFUSED)


@click.group(
    cls=LazyGroup,
    addresses=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="办理 Banli：按图办事的审批系统。\n\nA BPMN approval system: what is drawn is what runs.",
)
@click.version_option(package_name="banli", message="banli %(version)s")
def main() -> None:
    """Entry point of ``banli``."""


import_ = LazyGroup(
    "import",
    addresses={"people": ("engine.cli.people:people", "从 Excel 导入人员 · import people from XLSX")},
    help="导入数据 · Import data.",
)
