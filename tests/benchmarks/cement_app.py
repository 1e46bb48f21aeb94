"""The same mail as the command's, sent by a Cement application with its dummy handler."""

from cement import App


class MailApp(App):
    """No configuration, no arguments."""

    class Meta:
        """The dummy handler is Cement's default."""

        label = "mailapp"
        argv: list[str] = []


with MailApp() as app:
    app.run()
    app.mail.send("Hello", to=["ann@example.com"], subject="Hello")
