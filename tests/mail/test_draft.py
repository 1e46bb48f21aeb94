"""The signature of a letter that begins."""

from mailtui.mail.draft import Draft, above_signature


def test_a_signature_alone_is_not_typed_and_nothing_is_put_below_a_body() -> None:
    signed = Draft(to="ann@x.org").signed("Me\nhere")
    assert signed.body == "\n\n-- \nMe\nhere"
    assert Draft(body="Hi").signed("Me").body == "Hi"
    assert Draft().signed("") == Draft()
    begun = Draft().signed("Me")
    assert not begun
    assert signed
    assert Draft(body=begun.body)
    assert Draft(body="x" + begun.body, signature="Me")


def test_what_stands_above_the_signature() -> None:
    assert above_signature("Hi\n\n-- \nMe") == "Hi\n\n"
    assert above_signature("\n-- \nMe") == "\n"
    assert above_signature("-- \nMe") == ""
    for body in ("Hi\n--\nMe", "Hi -- \nMe", ""):
        assert above_signature(body) == body
