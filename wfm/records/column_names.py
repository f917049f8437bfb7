"""What columns of foreign files are usually called, so that a mapping can be proposed; plain names, as compared."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ANSWER_NAMES", "CALL_NAMES", "INTERVAL_NAMES", "ORDER_NAMES", "OUTCOME_WORDS", "STATE_NAMES", "WORDS"]

CALL_NAMES: Mapping[str, tuple[str, ...]] = {
    "arrived_at": (
        *("来电时间", "呼入时间", "进线时间", "呼叫时间", "通话开始时间", "开始时间", "来电日期", "日期"),
        *("arrived at", "arrival time", "arrival", "call time", "start time", "call start", "start", "date"),
    ),
    "queued_at": (
        "排队时间",
        "入队时间",
        "排队开始时间",
        "转人工时间",
        "queued at",
        "queue time",
        "queue start",
        "enqueue time",
    ),
    "answered_at": (
        "接通时间",
        "接听时间",
        "应答时间",
        "摘机时间",
        "answered at",
        "answer time",
        "connect time",
        "pickup time",
    ),
    "ended_at": ("挂机时间", "结束时间", "通话结束时间", "挂断时间", "ended at", "end time", "hangup time", "end"),
    "wait_s": ("等待时长", "排队时长", "等待秒数", "等待时间", "wait s", "wait", "wait time", "queue seconds"),
    "ring_s": ("振铃时长", "振铃秒数", "振铃时间", "ring s", "ring", "ring time"),
    "ivr_s": ("ivr时长", "语音时长", "自助时长", "ivr s", "ivr time"),
    "talk_s": ("通话时长", "通话秒数", "通话时间", "talk s", "talk", "talk time", "duration", "call duration"),
    "hold_s": ("保持时长", "保持秒数", "hold s", "hold", "hold time"),
    "wrap_s": (
        "话后时长",
        "事后处理时长",
        "整理时长",
        "话后处理时长",
        "wrap s",
        "wrap",
        "acw",
        "after call work",
        "wrap up",
    ),
    "outcome": (
        *("结果", "呼叫结果", "接听状态", "通话状态", "接通状态", "来电状态", "话单状态", "是否接通", "状态"),
        *("outcome", "result", "status", "disposition", "call status"),
    ),
    "line": (
        *("专线", "业务类型", "业务", "技能组", "技能队列", "队列", "队列名称", "热线", "服务类型"),
        *("line", "queue", "skill", "queue name", "service", "skill group"),
    ),
    "agent": (
        *("座席工号", "坐席工号", "话务员工号", "工号", "座席", "坐席", "座席员", "话务员", "受理人"),
        *("agent", "agent id", "member", "user", "operator"),
    ),
    "caller_key": (
        *("主叫号码", "来电号码", "主叫", "电话号码", "联系电话", "手机号", "号码"),
        *("caller", "caller id", "ani", "phone", "phone number", "caller number", "from"),
    ),
    "call": ("流水号", "通话流水号", "呼叫标识", "话单号", "通话编号", "call", "call id", "callid", "uniqueid", "id"),
    "topic": ("诉求类型", "咨询类型", "问题类型", "主题", "topic", "subject", "category"),
    "satisfaction": ("满意度", "满意度评价", "评价", "satisfaction", "rating", "csat"),
}
INTERVAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "interval": (
        *("时段", "时间段", "时间", "开始时间", "统计时间", "起始时间", "日期时间", "日期"),
        *("interval", "timestamp", "start", "start time", "time", "date"),
    ),
    "line": CALL_NAMES["line"],
    "offered": (
        "呼入量",
        "来电量",
        "来电",
        "总呼入量",
        "进线量",
        "呼入总量",
        "来电数",
        "offered",
        "calls",
        "calls offered",
        "arrivals",
        "volume",
    ),
    "answered": (
        "接听量",
        "接通量",
        "应答量",
        "人工接听量",
        "接起量",
        "接听数",
        "answered",
        "calls answered",
        "handled",
    ),
    "abandoned": ("放弃量", "呼损量", "未接量", "放弃数", "abandoned", "calls abandoned", "lost"),
    "handle_s": ("处理时长", "总处理时长", "通话总时长", "handle s", "handle time", "total handle time"),
    "wait_answered_s": ("应答总时长", "等待总时长", "answer time", "total wait"),
    "answered_within_15_s": ("15秒接通量", "15秒内接听量", "answered within 15 s"),
    "answered_within_20_s": ("20秒接通量", "20秒内接听量", "answered within 20 s"),
    "seats_staffed": ("在席人数", "签入座席数", "座席数", "seats staffed", "staffed", "agents"),
}
ORDER_NAMES: Mapping[str, tuple[str, ...]] = {
    "item": ("工单编号", "工单号", "编号", "流水号", "案件编号", "order", "order id", "ticket", "id", "case id"),
    "received_at": ("受理时间", "来电时间", "登记时间", "创建时间", "received at", "created", "created at", "opened"),
    "class": ("工单类型", "工单类别", "诉求类型", "类型", "class", "type", "category"),
    "line": ("专线", "受理热线", "line"),
    "department": ("承办单位", "承办部门", "主办单位", "责任单位", "department", "assignee"),
    "due_at": ("办结时限", "办结期限", "截止时间", "due at", "due", "deadline"),
    "first_contact_at": ("首次联系时间", "首次响应时间", "first contact at", "first contact"),
    "told_at": ("答复时间", "回复时间", "told at", "replied", "reply time"),
    "closed_at": ("办结时间", "结案时间", "完成时间", "closed at", "closed", "resolved"),
    "follow_up_at": ("回访时间", "回访日期", "follow up at", "follow up"),
    "satisfaction": ("满意度", "满意度评价", "群众满意度", "satisfaction"),
    "caller_key": CALL_NAMES["caller_key"],
}
ANSWER_NAMES: Mapping[str, tuple[str, ...]] = {
    "item": ("编号", "工单编号", "通话编号", "流水号", "call", "order", "id", "item"),
    "asked_at": ("评价时间", "回访时间", "调查时间", "时间", "asked at", "time", "date"),
    "answer": ("满意度", "评价", "评价结果", "满意情况", "answer", "satisfaction", "rating"),
    "line": ("专线", "line"),
    "agent": CALL_NAMES["agent"],
    "channel": ("渠道", "方式", "channel"),
    "department": ("承办单位", "部门", "department"),
    "called_back_at": ("再次回访时间", "二次回访时间", "called back at"),
}
STATE_NAMES: Mapping[str, tuple[str, ...]] = {
    "agent": CALL_NAMES["agent"],
    "state": ("状态", "座席状态", "坐席状态", "state", "status", "presence"),
    "start": ("开始时间", "状态开始时间", "起始时间", "时间", "start", "start time", "from"),
    "end": ("结束时间", "状态结束时间", "end", "end time", "to"),
    "duration_s": ("时长", "持续时长", "持续时间", "duration", "duration s"),
}

OUTCOME_WORDS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "接通",
            "已接",
            "人工接通",
            "已接听",
            "接听",
            "成功",
            "已应答",
            "是",
            "answered",
            "completed",
            "connected",
            "yes",
            "handled",
        ),
        "answered",
    ),
    **dict.fromkeys(
        (
            "放弃",
            "未接",
            "未接通",
            "排队放弃",
            "早释",
            "漏话",
            "呼损",
            "未接听",
            "未应答",
            "否",
            "abandoned",
            "no answer",
            "missed",
            "no",
            "lost",
        ),
        "abandoned",
    ),
    **dict.fromkeys(("自助", "自助办结", "语音自助", "self service"), "ivr_completed"),
    **dict.fromkeys(("导航挂机", "语音挂机", "ivr abandoned"), "ivr_abandoned"),
    **dict.fromkeys(("遇忙", "占线", "忙音", "busy", "blocked"), "blocked"),
    **dict.fromkeys(("非工作时间", "下班", "closed", "out of hours"), "closed"),
}
_ANSWER_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("满意", "非常满意", "很满意", "satisfied", "good"), "satisfied"),
    **dict.fromkeys(("基本满意", "一般", "basically satisfied", "fair"), "basically_satisfied"),
    **dict.fromkeys(("不满意", "非常不满意", "很不满意", "not satisfied", "bad"), "not_satisfied"),
}
_STATE_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("签入", "登录", "上线", "signed in", "login"), "signed_in"),
    **dict.fromkeys(("空闲", "示闲", "就绪", "available", "ready", "idle"), "available"),
    **dict.fromkeys(("通话", "通话中", "处理中", "handling", "talking", "on call"), "handling"),
    **dict.fromkeys(("话后", "话后处理", "整理", "事后处理", "wrap up", "acw"), "wrap_up"),
    **dict.fromkeys(("小休", "休息", "用餐", "break", "lunch"), "break"),
    **dict.fromkeys(("示忙", "培训", "会议", "other", "training", "meeting"), "other"),
    **dict.fromkeys(("签出", "离线", "退出", "offline", "logout"), "offline"),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "outcome": OUTCOME_WORDS,
    "satisfaction": _ANSWER_WORDS,
    "answer": _ANSWER_WORDS,
    "state": _STATE_WORDS,
}
"""Words of foreign files → ours, by our column."""
