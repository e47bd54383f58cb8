"""What may stay where it is when a gallery is put into another order: as much as possible."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.moves import stable

orders = st.integers(0, 12).flatmap(lambda n: st.permutations(range(n)))


def longest_increasing(values):
    longest = []
    for at, value in enumerate(values):
        longest.append(1 + max((longest[i] for i in range(at) if values[i] < value), default=0))
    return max(longest, default=0)


@given(orders)
def test_what_stays_is_in_order_and_as_much_as_possible(order):
    staying = [value for value in order if value in stable(order)]
    assert staying == sorted(staying)
    assert len(staying) == longest_increasing(order)
