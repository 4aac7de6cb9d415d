"""Word lists of the generated sentences: lists of words by part of speech and polarity."""
import functools

POSITIVE, NEGATIVE = 1, -1

ADJECTIVES = {
    POSITIVE: """good great funny charming clever moving touching engaging entertaining delightful wonderful brilliant
        compelling fresh original witty smart beautiful enjoyable powerful fascinating inventive imaginative intelligent
        gripping exciting thrilling heartfelt honest hilarious amusing refreshing graceful elegant tender warm lovely
        sweet sharp rich vivid haunting riveting absorbing satisfying rewarding superb excellent terrific splendid
        magnificent stunning gorgeous masterful impressive memorable unforgettable captivating enchanting thoughtful
        insightful subtle profound poignant lively energetic joyous uplifting inspiring convincing believable credible
        likable appealing interesting stylish polished perfect amazing remarkable extraordinary exhilarating suspenseful
        scary romantic magical sincere passionate daring bold deep nuanced persuasive coherent worthwhile watchable
        special surprising sophisticated affecting ambitious authentic pleasant pleasing fun effective happy strong
        successful competent playful dazzling breathtaking hypnotic provocative outstanding admirable worthy""".split(),
    NEGATIVE: """bad boring dull tedious awful terrible stupid silly predictable lame bland flat tiresome annoying
        irritating pointless lifeless shallow forgettable mediocre clumsy disappointing dreadful horrible painful ugly
        empty hollow contrived cliched derivative stale tired weak slow messy confusing incoherent unfunny pretentious
        dumb lazy generic formulaic ridiculous absurd sloppy cheap crude vulgar offensive unpleasant depressing sappy
        sentimental manipulative preachy superficial implausible unconvincing uninspired unoriginal amateurish
        exploitative exhausting frustrating numbing repetitive overlong bloated monotonous muddled pathetic poor
        wooden unbearable worthless trite banal laughable embarrassing dreary grating inept insipid juvenile lousy
        obnoxious pedestrian plodding shoddy sluggish soulless tasteless turgid unimaginative unwatchable wretched
        heavy-handed uneven dated sad wrong awkward gloomy hokey incompetent inane leaden murky tawdry trivial""".split()}

VERBS = {
    POSITIVE: """impress delight entertain charm amuse engage satisfy please convince inspire enthrall captivate thrill
        dazzle shine succeed enchant fascinate grip excite move touch work surprise astonish uplift connect reward
        resonate sparkle soar intrigue provoke illuminate absorb amaze stir win mesmerize persuade seduce
        compel enlighten deliver""".split(),
    NEGATIVE: """bore annoy disappoint irritate offend frustrate drag stumble bother tire collapse flop exhaust
        embarrass depress confuse disgust insult alienate falter sag repel bewilder numb
        infuriate bomb sink plod wobble meander ramble flounder misfire grate""".split()}

NOUNS = {
    POSITIVE: """charm wit humor heart depth energy suspense originality imagination warmth soul intelligence style
        grace insight passion magic subtlety laughs excitement tension beauty tenderness sparkle honesty fun substance
        wisdom conviction feeling cleverness inspiration chemistry emotion joy compassion freshness ambition
        craftsmanship sincerity elegance flair ingenuity drama surprises thrills poetry nuance vitality finesse""".split(),
    NEGATIVE: """flaws cliches clumsiness boredom tedium sentimentality pretension faults problems stupidity
        silliness bombast cynicism confusion stereotypes contrivances nonsense vulgarity
        melodrama mistakes weaknesses cruelty laziness blunders banality dullness gimmicks
        preachiness mediocrity irritations shortcomings incoherence filler padding drivel""".split()}

SUBJECTS = """the film|the movie|this film|this movie|the story|the plot|the script|the acting|the cast|her acting
    |his acting|her performance|his performance|the director|the dialogue|the humor|the music|the ending|the comedy
    |the drama|the thriller|the romance|the documentary|the screenplay|the first half|the second half|the picture
    |the hero|the leading lady|the whole thing|it|the sequel|the remake|the animation|the camera work|the tale
    |this picture|the actor|the actress|the lead|the show|the production|the premise|her voice|his film|her film
    |the villain|the young cast|their chemistry|the soundtrack|the opening|the final act""".replace("\n", "").split("|")
SUBJECTS = [" ".join(subject.split()) for subject in SUBJECTS]

THINGS = """film movie story comedy drama thriller picture script plot performance tale romance documentary sequel
    remake piece ride experience character ending production cast show portrait adventure director actor""".split()

OBJECTS = "you|me|us|the audience|its audience|the viewer|anyone|viewers|the crowd|everyone".split("|")

INTENSIFIERS = "very|really|quite|so|truly|particularly|especially|terribly|all that|that".split("|")

TAILS = """from start to finish|in the end|for a minute|at all|from beginning to end|in any scene|to watch|on screen
    |as a whole|for ninety minutes|this time|again|even once|after all|for children|for adults|on the big screen
    |with its cast|to the last frame|most of the time|in my view|, i think|, to be fair|, in the end|, frankly
    |, if you ask me|despite its length|given its subject|considering its budget""".replace("\n", "").split("|")
TAILS = [" ".join(tail.split()) for tail in TAILS]

OPENINGS = """in the end ,|to be fair ,|i think|i felt that|as a whole ,|for all its length ,|as it is ,|this time ,
    |they say|my friends say|by the end ,|from the first scene ,|i have to say|well ,|and|but|i would say|it seems
    |at two hours ,|as so often ,|for what it is ,""".replace("\n", "").split("|")
OPENINGS = [" ".join(opening.split()) for opening in OPENINGS]


def third_person(verb):
    """`impress` to `impresses`, `annoy` to `annoys`, `satisfy` to `satisfies`."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")


@functools.lru_cache(maxsize=None)
def lemma_forms(word):
    """The forms of `word` the generator can make; a held-out pair bans all of them."""
    return {word, third_person(word)} if any(word in words for words in VERBS.values()) else {word}


def words_of(polarity):
    """All words of one polarity, the third-person forms too."""
    verbs = VERBS[polarity]
    return ADJECTIVES[polarity] + verbs + [third_person(verb) for verb in verbs] + NOUNS[polarity]
