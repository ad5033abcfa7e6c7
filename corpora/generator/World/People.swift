/// First names of the country and traits of character.
enum People {
  static let women = words(
    """
    Ada Agnes Alma Anneke Berit Beth Brenna Cara Clara Dagny Delia Dora Edith Elin Elsa Emmy Enid
    Esther Fern Flora Frida Greta Hanna Hazel Hedda Helga Ida Ilse Ingrid Iris Isolde Ivy Jana Joan
    Josie Judith Karin Katrin Lena Liesel Linnet Lotta Lydia Mabel Magda Maren Margit Marta Matilda
    Maud Mina Mira Nell Nora Odette Olga Petra Phoebe Rhoda Romy Rosa Ruth Sabine Selma Senta Signe
    Sigrid Sonja Stella Tamsin Thea Tilda Tova Ursula Vera Wanda Wilma Willa Ylva Zella
    """)

  static let men = words(
    """
    Abel Adam Albin Alden Anders Anton Arlo Arne Axel Barnaby Basil Ben Bertil Birger Bram Carl
    Caspar Cedric Clem Conrad Corin Daniel Dirk Edgar Edmund Egon Eli Emil Erik Ernst Ezra Felix
    Finn Florian Frans Fritz Gabriel Garrick Gideon Gilbert Gregor Gustav Hal Hamish Harald Hector
    Henrik Hugo Ivar Jacob Jasper Jens Joel Jonas Joss Karl Klaus Konrad Lars Leif Leo Linus Lorenz
    Lucas Magnus Malcolm Martin Matthias Max Milo Nathan Nils Noah Olaf Orrin Oscar Otto Owen Paul
    Per Quentin Ralf Rolf Rufus Sander Simon Sven Tobias Tom Ulrich Viktor Walter Wendel Wilfred
    """)

  /// Traits with what they make a person do, as a clause with {hero}'s pronouns.
  static let traits: [[String]] = Table.rows(3, traitTable)

  private static func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
  }

  private static let traitTable = """
    patient | patience | {hero:he} never left a thing half done
    curious | curiosity | {hero:he} asked more questions than anyone else in {home}
    stubborn | stubbornness | {hero:he} would rather walk ten miles than ask for a ride
    cheerful | cheerfulness | people heard {hero:him} whistling from three streets away
    careful | care | {hero:he} counted everything twice
    forgetful | forgetfulness | {hero:he} tied knots in {hero:his} handkerchief and forgot what they meant
    generous | generosity | {hero:he} gave away the first of everything that {hero:he} made
    proud | pride | {hero:he} did not like to be helped
    shy | shyness | {hero:he} spoke more easily to animals than to strangers
    brave | courage | {hero:he} was always the first to climb and the last to come down
    honest | honesty | {hero:he} once walked back a whole day to return a single coin
    clever | cleverness | {hero:he} could find a use for almost any broken thing
    restless | restlessness | {hero:he} looked up whenever a cart rolled past
    gentle | gentleness | even the wildest dogs in {home} lay down when {hero:he} came by
    thrifty | thrift | {hero:he} saved string, nails and candle ends in a tin
    talkative | chatter | a walk across the square took {hero:him} most of the morning
    quiet | silence | {hero:he} could sit through a whole supper with only a nod
    quick | quickness | {hero:he} had often finished before others had begun
    dreamy | daydreaming | {hero:he} now and then walked past {hero:his} own door
    hard-working | diligence | a light burned in {hero:his} window long before dawn
    hot-tempered | temper | {hero:he} shouted first and was sorry a minute later
    thoughtful | thoughtfulness | {hero:he} remembered the birthday of every neighbour
    hopeful | hope | {hero:he} planted trees whose fruit {hero:he} would never taste
    suspicious | suspicion | {hero:he} bit on every coin before {hero:he} took it
    """
}
