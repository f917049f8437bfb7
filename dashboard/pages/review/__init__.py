"""预测与实际: what came against what was forecast, why targets were missed, which days were special, and the rest of today."""

from dashboard.pages.review.layout import PAGE

__all__ = ["PAGE"]
