from linking.templatetags.pictures import breakable


def test_a_transformation_breaks_between_its_parameters():
    assert breakable("c_limit,w_44/q_auto") == "c_limit,<wbr>w_44/<wbr>q_auto"


def test_what_is_broken_is_escaped():
    assert breakable("<b>,a") == "&lt;b&gt;,<wbr>a"
