"""What an invented report says in each language of the UN. The names of States are real, every text is invented."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Words:
    """What a report says in one language. ``text`` is an invented recommendation without its States."""

    title: str
    state: str
    introduction: str
    conclusions: str
    annex: str
    text: str
    longer: str
    norway: str
    spain: str
    kyrgyzstan: str
    leads: Sequence[str]
    closing: str
    brackets: str = "({})"
    end: str = ";"


ENGLISH = Words(
    title="Report of the Working Group on the Universal Periodic Review",
    state="Kazakhstan",
    introduction="Introduction",
    conclusions="Conclusions and/or recommendations",
    annex="Annex",
    text="Invented text: adopt a law on invented matters, well-being among them",
    longer="Invented text: take every step that nobody ever asked for, so that the text goes over several lines of its"
    " page and holds figures such as those of 1999, 2020 and 125.3 which are no numbers of paragraphs, and ends",
    norway="Norway",
    spain="Spain",
    kyrgyzstan="Kyrgyzstan",
    leads=(
        "The following recommendations enjoy the support of Kazakhstan, which considers that they have already been"
        " implemented:",
        "The following recommendations enjoy the support of Kazakhstan, which considers that they are in the process of"
        " being implemented:",
        "The following recommendations did not enjoy the support of Kazakhstan and would thus be noted:",
        "The following recommendations will be examined by Kazakhstan, which will provide responses in due time, but no"
        " later than the invented session of the Human Rights Council:",
    ),
    closing="All conclusions and/or recommendations contained in the present report reflect the position of the"
    " submitting State(s) and/or the State under review. They should not be construed as endorsed by the Working Group"
    " as a whole.",
)
RUSSIAN = Words(
    title="Доклад Рабочей группы по универсальному периодическому обзору",
    state="Казахстан",
    introduction="Введение",
    conclusions="Выводы и/или рекомендации",
    annex="Приложение",
    text="Вымышленный текст: принять закон о вымышленных вопросах",
    longer="Вымышленный текст: сделать всё, о чём никто никогда не просил, чтобы текст занял несколько строк"
    " страницы и содержал числа 1999, 2020 и 125.3, которые не являются номерами пунктов, и кончался",
    norway="Норвегия",
    spain="Испания",
    kyrgyzstan="Кыргызстан",
    leads=(
        "Вымышленная вводная часть первого перечня:",
        "Вымышленная вводная часть второго:",
        "Третий перечень:",
    ),
    closing="Вымышленный заключительный пункт.",
)
FRENCH = Words(
    title="Rapport du Groupe de travail sur l’Examen périodique universel",
    state="Kazakhstan",
    introduction="Introduction",
    conclusions="Conclusions et/ou recommandations",
    annex="Annexe",
    text="Texte inventé : adopter une loi sur des questions inventées",
    longer="Texte inventé : prendre toutes les mesures que personne n’a jamais recommandées, afin que le texte occupe"
    " plusieurs lignes de sa page et contienne des nombres comme 1999, 2020 et 125.3, et finisse",
    norway="Norvège",
    spain="Espagne",
    kyrgyzstan="Kirghizistan",
    leads=("Première liste inventée :", "Deuxième liste inventée :", "Troisième liste inventée :"),
    closing="Dernier paragraphe inventé.",
    end=" ;",
)
SPANISH = Words(
    title="Informe del Grupo de Trabajo sobre el Examen Periódico Universal",
    state="Kazajstán",
    introduction="Introducción",
    conclusions="Conclusiones y/o recomendaciones",
    annex="Anexo",
    text="Texto inventado: aprobar una ley sobre cuestiones inventadas",
    longer="Texto inventado: adoptar todas las medidas que nadie recomendó nunca, de modo que el texto ocupe varias"
    " líneas de su página y contenga números como 1999, 2020 y 125.3, y termine",
    norway="Noruega",
    spain="España",
    kyrgyzstan="Kirguistán",
    leads=("Primera lista inventada:", "Segunda lista inventada:", "Tercera lista inventada:"),
    closing="Último párrafo inventado.",
)
ARABIC = Words(
    title="تقرير الفريق العامل المعني بالاستعراض الدوري الشامل",
    state="كازاخستان",
    introduction="مقدمة",
    conclusions="الاستنتاجات و/أو التوصيات",
    annex="المرفق",
    text="نص مخترع: اعتماد قانون بشأن مسائل مخترعة",
    longer="نص مخترع: اتخاذ كل خطوة لم يطلبها أحد قط كي يمتد النص على عدة أسطر من صفحته ويتضمن أرقاما مثل 1999 و2020"
    " ليست أرقام فقرات وينتهي بعد ذلك كله",
    norway="النرويج",
    spain="إسبانيا",
    kyrgyzstan="قيرغيزستان",
    leads=("القائمة المخترعة الأولى:", "القائمة المخترعة الثانية:", "القائمة المخترعة الثالثة:"),
    closing="الفقرة المخترعة الأخيرة.",
    end="؛",
)
CHINESE = Words(
    title="普遍定期审议工作组报告",
    state="哈萨克斯坦",
    introduction="导言",
    conclusions="结论和/或建议",
    annex="附件",
    text="虚构的案文：通过一项关于虚构事项的法律",
    longer="虚构的案文：采取从来没有人要求过的一切步骤，使案文在页面上占据若干行，并包含诸如1999和2020这样不是段落"
    "编号的数字，以及更多没有任何人说过的话，然后结束",
    norway="挪威",
    spain="西班牙",
    kyrgyzstan="吉尔吉斯斯坦",
    leads=("虚构的第一份清单：", "虚构的第二份清单：", "虚构的第三份清单："),
    closing="虚构的最后一段。",
    brackets="（{}）",
    end="；",
)
LANGUAGES = {"en": ENGLISH, "ru": RUSSIAN, "fr": FRENCH, "es": SPANISH, "ar": ARABIC, "zh": CHINESE}
