from django import template

from linking.domain import results

register = template.Library()
register.filter("tone", results.tone)
