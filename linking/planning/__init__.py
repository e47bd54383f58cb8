"""Plans: what a run will do to every gallery, read, decided and kept. Nothing here writes in Shopify."""

from linking.planning.answers import answered
from linking.planning.linking import Planner
from linking.planning.undoing import UndoPlanner
from linking.planning.unlinking import UnlinkPlanner
from linking.planning.uploading import UploadPlanner

__all__ = ["Planner", "UndoPlanner", "UnlinkPlanner", "UploadPlanner", "answered"]
