from django.apps import AppConfig


class NewsreaderConfig(AppConfig):
    name = "newsreader"

    def ready(self) -> None:
        from newsreader import checks

        assert checks
