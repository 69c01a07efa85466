from __future__ import annotations

import math

import pytest

from signbridge.evaluation.efficiency import efficiency, information_density, net_score


class Network:
    parameters = 2_000_000
    macs = 500_000_000


def test_net_score_of_one_million_parameters_and_one_billion_multiplications():
    # 20 log10(50 ** 2 / (1 * 1))
    assert net_score(0.5, 1_000_000, 1_000_000_000) == pytest.approx(20 * math.log10(2500))


def test_net_score_falls_with_the_roots_of_size_and_work():
    lean, large = net_score(0.5, 1_000_000, 10**9), net_score(0.5, 100_000_000, 10**11)
    assert lean - large == pytest.approx(20 * math.log10(10 * 10))


def test_network_that_is_never_right_has_no_net_score():
    assert net_score(0.0, 1_000_000, 10**9) == -math.inf


def test_information_density_is_percent_right_a_million_parameters():
    assert information_density(0.8, 4_000_000) == pytest.approx(20.0)


def test_efficiency_is_of_the_recognizer_that_was_asked():
    found = efficiency(0.6, Network())
    assert (found.parameters, found.macs) == (2_000_000, 500_000_000)
    assert found.net_score == pytest.approx(20 * math.log10(3600 / (2**0.5 * 0.5**0.5)))
    assert found.information_density == pytest.approx(30.0)
