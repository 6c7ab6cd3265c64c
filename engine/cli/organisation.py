"""``banli organisation``: what an operator does at the shell, above all the first administrator."""

import click


@click.group()
def organisation() -> None:
    """人员、单位与届次 · People, units, sessions."""


@organisation.command()
@click.argument("user_id", metavar="工号")
@click.option("--name", prompt="姓名 · name", help="姓名 · name")
@click.option("--database", "database_url", envvar="BANLI_DATABASE_URL", help="数据库地址 · database URL")
@click.password_option(prompt="密码 · password", confirmation_prompt="再输入一次 · again", help="密码 · password")
def administrator(user_id: str, *, name: str, password: str, database_url: str | None) -> None:
    """任命第一位系统管理员（仅在还没有管理员时） · Name the first administrator."""
    from engine.bootstrap import open_engine
    from engine.commands.access.first_start import name_first_administrator
    from engine.errors import NotFoundError

    engine = open_engine(database_url, must_exist=True)
    try:
        name_first_administrator(engine, token=None, user_id=user_id, name=name, password=password)
    except NotFoundError:
        raise click.ClickException("已经有系统管理员了") from None
    finally:
        engine.close()
    click.echo(f"{user_id} 是系统管理员，可以登录了")


@organisation.command()
@click.option("--database", "database_url", envvar="BANLI_DATABASE_URL", help="数据库地址 · database URL")
def token(*, database_url: str | None) -> None:
    """打印首次启动口令（一次有效，24 小时内） · Print the one-time token of the first start."""
    from engine.bootstrap import open_engine
    from engine.commands.access.first_start import issue_first_start_token

    engine = open_engine(database_url, must_exist=True)
    try:
        issued = issue_first_start_token(engine)
    finally:
        engine.close()
    if issued is None:
        raise click.ClickException("已经有系统管理员了")
    click.echo(issued)


@organisation.command()
@click.argument("user_id", metavar="工号")
@click.option("--database", "database_url", envvar="BANLI_DATABASE_URL", help="数据库地址 · database URL")
def password(user_id: str, *, database_url: str | None) -> None:
    """给一个人新的初始密码（三员忘记密码时用） · A new initial password, also for an administrator."""
    from engine.bootstrap import open_engine
    from engine.commands.access.change_password import give_initial_password
    from engine.errors import NotFoundError

    engine = open_engine(database_url, must_exist=True)
    try:
        given = give_initial_password(engine, None, user_id)
    except NotFoundError:
        raise click.ClickException(f"没有工号 {user_id}") from None
    finally:
        engine.close()
    click.echo(f"{user_id} 的初始密码：{given}（首次登录时须修改；已登录的设备已退出）")


@organisation.command()
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--database", "database_url", envvar="BANLI_DATABASE_URL", help="数据库地址 · database URL")
def calendar(year: int, *, database_url: str | None) -> None:
    """导入一年的节假日与调休 · Fill a year's holidays and shifted working days."""
    from engine.bootstrap import open_engine
    from engine.commands.organisation.calendar import seed_year

    engine = open_engine(database_url, must_exist=True)
    try:
        with engine.unit_of_work() as uow:
            added = seed_year(uow, year)
    finally:
        engine.close()
    click.echo(f"{year} 年：{added} 天")
