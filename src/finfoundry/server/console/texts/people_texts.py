"""The words of users, keys, labels and grants, and of signing in."""

from __future__ import annotations

PEOPLE: dict[str, tuple[str, str]] = {
    "add_user": ("Add a user", "添加用户"),
    "user": ("User", "用户"),
    "groups_hint": ("Groups (with commas)", "组（用逗号分隔）"),
    "add_label": ("Add a label", "添加标签"),
    "add_grant": ("Let somebody read a label", "授权查看标签"),
    "user_or_group": ("User or group", "用户或组"),
    "may_write": ("may add and delete, too", "也可添加和删除"),
    "may_be_known": ("others may know that its papers exist", "他人可知晓其文档存在"),
    "remove": ("Remove", "移除"),
    "role": ("Role", "角色"),
    "role_analyst": ("analyst: asks, uploads, corrects", "分析员：提问、上传、更正"),
    "role_auditor": ("auditor: reads and sees the audit", "审计员：查看并审计"),
    "role_administrator": ("administrator: everything", "管理员：全部权限"),
    "role_service": ("service: another system", "服务：其他系统"),
    "description": ("Description", "说明"),
    "confirm_remove": ("Remove this? It counts at once.", "确定移除吗？立即生效。"),
    "sign_in_how": (
        "Your answers stay within this machine. Sign in with your organisation's account, or with a key.",
        "数据与回答均不离开本机。请使用单位账号或密钥登录。",
    ),
    "sign_in_key_how": ("Sign in with a key that your administrator made.", "请使用管理员创建的密钥登录。"),
}
