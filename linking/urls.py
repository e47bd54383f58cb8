from django.urls import path

from linking.views import launch, selections, syncs

urlpatterns = [
    path("", launch.home, name="home"),
    path("launch", launch.launch, name="launch"),
    path("selections/<uuid:key>/", selections.page, name="link"),
    path("selections/<uuid:key>/fetching/", selections.fetching, name="link-fetching"),
    path("selections/<uuid:key>/settings/", selections.settings, name="link-settings"),
    path("selections/<uuid:key>/refresh/", selections.refresh, name="link-refresh"),
    path("selections/<uuid:key>/stores/", selections.stores, name="link-stores"),
    path("selections/<uuid:key>/groups/", selections.groups, name="link-groups"),
    path("selections/<uuid:key>/actions/", selections.actions, name="link-actions"),
    path("selections/<uuid:key>/syncs/", syncs.start, name="sync-start"),
    path("syncs/", syncs.history, name="history"),
    path("syncs/<uuid:key>/", syncs.page, name="sync"),
    path("syncs/<uuid:key>/progress/", syncs.progress, name="sync-progress"),
    path("syncs/<uuid:key>/products/", syncs.products, name="sync-products"),
    path("syncs/<uuid:key>/abort/", syncs.abort, name="sync-abort"),
    path("syncs/<uuid:key>/apply/", syncs.apply, name="sync-apply"),
    path("syncs/<uuid:key>/undo/", syncs.undo, name="sync-undo"),
    path("syncs/<uuid:key>/retry/", syncs.retry, name="sync-retry"),
    path("syncs/<uuid:key>/report.csv", syncs.report, name="sync-report"),
]
