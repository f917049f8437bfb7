/* Chinese names of months and weekdays for the calendars of date fields, where dash-mantine-components looks for them. */
(function () {
  "use strict";
  var digits = "一二三四五六七八九十".split("");
  var months = digits.concat(["十一", "十二"]).map(function (name) { return name + "月"; });
  var days = "日一二三四五六".split("");
  window["dayjs_locale_zh-cn"] = {
    name: "zh-cn",
    weekdays: days.map(function (day) { return "星期" + day; }),
    weekdaysShort: days.map(function (day) { return "周" + day; }),
    weekdaysMin: days,
    months: months,
    monthsShort: months.map(function (_, index) { return index + 1 + "月"; }),
    ordinal: function (number, period) { return number + (period === "W" ? "周" : "日"); },
    weekStart: 1,
    yearStart: 4,
    formats: { LT: "HH:mm", LTS: "HH:mm:ss", L: "YYYY-MM-DD", LL: "YYYY年M月D日", LLL: "YYYY年M月D日 HH:mm", LLLL: "YYYY年M月D日dddd HH:mm" },
    relativeTime: {
      future: "%s内", past: "%s前", s: "几秒", m: "1分钟", mm: "%d分钟", h: "1小时", hh: "%d小时", d: "1天", dd: "%d天",
      M: "1个月", MM: "%d个月", y: "1年", yy: "%d年"
    },
    meridiem: function (hour) { return hour < 12 ? "上午" : "下午"; }
  };
})();
