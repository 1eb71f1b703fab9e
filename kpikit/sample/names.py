"""
Invented names of companies, products, sources and reasons; phone numbers that do not exist.
"""

from __future__ import annotations

from kpikit.sample.streams import stream

_FIRST = (
    "Строй",
    "Мет",
    "Агро",
    "Транс",
    "Эко",
    "Тех",
    "Пром",
    "Энерго",
    "Мед",
    "Авто",
    "Гео",
    "Инфо",
    "Лес",
    "Нефте",
    "Хим",
    "Дом",
    "Полимер",
    "Сиб",
    "Волга",
    "Урал",
    "Север",
    "Юг",
    "Балт",
    "Дон",
    "Ком",
    "Бел",
    "Свет",
    "Тепло",
    "Вод",
    "Газ",
    "Мебель",
    "Текстиль",
    "Торг",
    "Снаб",
    "Фарм",
    "Крафт",
    "Профи",
    "Мега",
    "Альфа",
    "Квант",
    "Рос",
    "Дель",
    "Аква",
    "Био",
    "Вент",
    "Бетон",
)
_SECOND = (
    "альянс",
    "групп",
    "сервис",
    "маш",
    "логистик",
    "проект",
    "ресурс",
    "центр",
    "трейд",
    "монтаж",
    "инвест",
    "продукт",
    "система",
    "комплект",
    "партнёр",
    "контур",
    "стандарт",
    "вектор",
    "база",
    "импульс",
    "дизайн",
    "актив",
    "лидер",
    "пласт",
    "завод",
    "линия",
    "формат",
    "оптима",
    "снаб",
    "холдинг",
    "пак",
    "деталь",
    "контракт",
    "эксперт",
    "ойл",
    "тара",
    "маркет",
    "развитие",
    "кровля",
    "фасад",
    "оснастка",
    "технолоджи",
    "сталь",
    "мир",
    "град",
    "ком",
    "арсенал",
    "статус",
    "плюс",
)
PRODUCTS = ("ДМС", "Имущество", "КАСКО парка", "Ответственность", "Грузы", "НС сотрудников")
SOURCES = ("Сайт", "Входящий звонок", "Рекомендация", "Выставка", "Холодный обзвон")
SOURCE_SHARES = (0.35, 0.2, 0.15, 0.08, 0.22)
LOST_REASONS = ("Дорого", "Выбрали конкурента", "Нет бюджета", "Не выходит на связь", "Неактуально")
REGIONS = ("Москва", "Московская область", "Тула", "Калуга", "Тверь")


def company_names(count: int, seed: int) -> list[str]:
    """Return ``count`` different company names in random order."""
    rng = stream(seed, "company names")
    pairs = len(_FIRST) * len(_SECOND)
    order = rng.permutation(pairs)
    forms = rng.choice(["ООО", "АО", "ИП"], size=count, p=[0.8, 0.15, 0.05])
    names = []
    for place in range(count):
        first, second = divmod(int(order[place % pairs]), len(_SECOND))
        number = f"-{place // pairs + 1}" if place >= pairs else ""
        names.append(f"{forms[place]} «{_FIRST[first]}{_SECOND[second]}{number}»")
    return names


def phones(count: int) -> list[str]:
    """Return ``count`` different numbers of an unassigned Russian range, as +7 and ten digits."""
    return [f"+7900{(place * 7919 + 1234567) % 10_000_000:07d}" for place in range(count)]
