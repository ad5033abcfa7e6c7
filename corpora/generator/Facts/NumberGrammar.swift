/// Sums in prose, word problems with their answers, measures and dates; the code computes them.
enum NumberGrammar {
  static let text = """
    arithmetic:
    - {SumOpen} {SumAdd} {SumTake} {SumTimes} ¶ {SumShare} {SumHalf} {SumEven} {SumOrder} ¶ {SumAgain} {SumClose}
    - {SumOpen} {SumTimes} {SumShare} {SumEven} ¶ {SumAdd} {SumOrder} {SumTake} {SumAgain}

    SumOpen:
    - A lesson in arithmetic begins with the number {a:words}.
    - Let us look at two numbers: {a:words} and {b:words}.
    - In the schoolhouse of {home}, the numbers of the day are {a:words} and {b:words}.
    - "Today," said the teacher in {home}, "we calculate with {a:words} and {b:words}."
    - {hero} and {friend} like to test each other, and today they have chosen {a:words} and {b:words}.

    SumAdd:
    - {a:words} and {b:words} make {sum:words}.
    - If you add {b:words} to {a:words}, you get {sum:words}.
    - What is {a:words} plus {b:words}? It is {sum:words}.
    - The sum of {a:words} and {b:words} is {sum:words}.

    SumTake:
    - {a:words} minus {b:words} is {difference:words}.
    - Take {b:words} away from {a:words}, and {difference:words} is left.
    - The difference between {a:words} and {b:words} is {difference:words}.
    - How much is missing from {b:words} to {a:words}? Exactly {difference:words}.

    SumTimes:
    - {c:words} times {d:words} is {product2:words}.
    - If you multiply {c:words} by {d:words}, the result is {product2:words}.
    - {c:words} rows of {d:words} chairs make {product2:words} chairs.
    - {product2:words} is the product of {c:words} and {d:words}.

    SumShare:
    - {product2:words} divided by {d:words} is {c:words}.
    - When {d:words} people share {product2:words} nuts equally, each of them gets {c:words}.
    - How often does {d:words} go into {product2:words}? It goes {c:words} times.

    SumHalf:
    - Twice {b:words} is {double:words}, and half of {double:words} is {b:words} again.
    - The double of {b:words} is {double:words}.
    - Three times {b:words} is {triple:words}.

    SumEven:
    - {a:words} is {aParity} number.
    - Is {a:words} even or odd? It is {aParity} number, because it {aEnds}.
    - {b:words} is {bParity} number, for it {bEnds}.

    SumOrder:
    - {a:words} is greater than {b:words}.
    - After {a:words} comes {next:words}, and before {a:words} comes {before:words}.
    - Between {before:words} and {next:words} stands {a:words}.
    - Put in order, the numbers are {b:words}, {a:words} and {sum:words}.

    SumAgain:
    - To check the addition, one can subtract: {sum:words} minus {a:words} is {b:words}.
    - The order does not matter, since {b:words} plus {a:words} is {sum:words} too.
    - Whoever has understood that will also know how much {sum:words} minus {b:words} is, namely {a:words}.

    SumClose:
    - "And what is the use of it?" asked {child}. "You will know when you buy {fruit:plural}," said the teacher.
    - That is all there is to know about {a:words} and {b:words}.
    - Now cover the answers with your hand and try it with {next:words}.
    - {friend} made one mistake and {hero} made none, but yesterday it was the other way round.

    problem:
    - {ProblemApples} ¶ {ProblemCart} ¶ {ProblemWalk} ¶ {ProblemEnd}
    - {ProblemCoins} ¶ {ProblemApples} ¶ {ProblemClock} ¶ {ProblemEnd}
    - {ProblemCart} ¶ {ProblemClock} ¶ {ProblemCoins} ¶ {ProblemWalk}

    ProblemApples:
    - {hero} has {a:words} {fruit:plural} and gives {b:words} of them to {friend}. How many {fruit:plural} are left? {a:words} minus {b:words} is {difference:words}, so {hero} has {difference:words} {fruit:plural} left.
    - {hero} picks {a:words} {fruit:plural}, and {friend} picks {b:words}. Together they have {sum:words}, because {a:words} and {b:words} make {sum:words}.
    - {friend} wants to know how many {fruit:plural} are in {c:words} baskets if there are {d:words} in each. The answer is {product2:words}.

    ProblemCart:
    - A cart on the road to {away} carries {c:words} sacks, and each sack weighs {d:words} pounds. The whole load weighs {product2:words} pounds.
    - {product2:words} pounds of {material} are packed into sacks of {d:words} pounds. How many sacks does {hero} need? One needs {c:words}.
    - On a cart lie {a:words} {product:plural}. In {home} {b:words} of them are unloaded, and the other {difference:words} go on to {away}.

    ProblemWalk:
    - It is {distance} kilometres from {home} to {away}. {hero} has walked {part:words} of them, so {rest:words} are still ahead.
    - {hero} walks {speed:words} kilometres in an hour. After {hours:words} hours {hero:he} has walked {walked:words} kilometres.
    - To walk {walked:words} kilometres at {speed:words} kilometres an hour takes {hours:words} hours.

    ProblemCoins:
    - {product:a} costs {c:words} coins. {friend} buys {d:words} and pays {product2:words} coins.
    - {hero} had {a:words} coins in {hero:his} purse and spent {b:words} at the {market} market in {home}. {difference:words} coins came home with {hero:him}.
    - {hero} saves {c:words} coins a week. After {d:words} weeks {hero:he} has saved {product2:words} coins.

    ProblemClock:
    - {hero} begins to {task} at {hour:words} o'clock and stops {hours:words} hours later. It is {endHour:words} o'clock when {hero:he} puts down the {tool}.
    - The ferry leaves at {hour:words} o'clock and needs {hours:words} hours, so it arrives at {endHour:words} o'clock.
    - There are sixty minutes in an hour, and {hours:words} hours are therefore {minutes:words} minutes.

    ProblemEnd:
    - Who has found all the answers may go home early, says the teacher of {home}.
    - Problems with {fruit:plural} are easier if one draws a picture.
    - "I would rather {task} than calculate," sighed {hero}. "{trade:a} can't do one without the other," said {friend}.

    dates:
    - {DateMonth} {DateFirst} {DateLater} ¶ {DateFestival} {DateCustom} {DateFood} {DateOrigin} ¶ {DateWeek} {DateSeason}
    - {DateFestival} {DateOrigin} {DateCustom} ¶ {DateMonth} {DateFirst} {DateLater} {DateWeek} ¶ {DateFood} {DateStory}

    DateMonth:
    - {month} has {monthDays:words} days.
    - How many days does {month} have? The answer is {monthDays:words}.
    - {month} is the {monthNumber:ordinal} month of the year; it comes after {monthBefore} and before {monthAfter}.
    - Between {monthBefore} and {monthAfter} lies {month}, the {monthNumber:ordinal} month.

    DateFirst:
    - If the {day:ordinal} of {month} is a {weekday}, then the {weekLater:ordinal} is a {weekday} as well.
    - When the {day:ordinal} of {month} falls on a {weekday}, the day after it is a {dayAfter}.
    - Suppose that the {day:ordinal} of {month} is a {weekday}; the day before was a {dayBefore}.

    DateLater:
    - {gap:words} days after a {weekday} comes a {gapDay}.
    - From {weekday} it is {gap:words} days to a {gapDay}.
    - "Today is {weekday}," says {hero}. "In {gap:words} days it will be {gapDay}."

    DateWeek:
    - A week has seven days, and so {c:words} weeks have {weeks:words} days.
    - {weekday} comes after {dayBefore} and before {dayAfter}.
    - In {home}, {market} is the market day, so the next market after a {market} is seven days later.

    DateSeason:
    - {month} belongs to {season}. Last year {sky} on the {day:ordinal}, and {people}.
    - In {home} they still talk of one {month} when {sky} and {people}.
    - For the {trade:plural} of {home}, {month} is the time to {task}.

    DateFestival:
    - On the {festDay:ordinal} of {festMonth} the people of Halvenia celebrate {festival}.
    - {festival} is celebrated on the {festDay:ordinal} of {festMonth}.
    - Nobody in Halvenia works on the {festDay:ordinal} of {festMonth}, because it is {festival}.

    DateCustom:
    - On that day people {festCustom}.
    - The custom is to {festCustom}, and children look forward to it for weeks.
    - What do people do on {festival}? They {festCustom}.

    DateFood:
    - The dish of the day is {festFood}.
    - In every house there is {festFood}, and in {home} there is also {dish}.
    - {festFood} belongs to {festival} as a handle belongs to a jug.

    DateOrigin:
    - The festival recalls {festOrigin}.
    - {festival} goes back to {festOrigin}, or so it is told in {home}.
    - Why is {festival} celebrated? It recalls {festOrigin}.

    DateStory:
    - {hero} was born on {festival} and has never had to work on a birthday.
    - In {home} the bells ring at {hour:words} o'clock, and the {trade:plural} close their doors.
    - One year {sky} on {festival}, but nobody stayed at home.

    measures:
    - {MeasureLength} {MeasureTime} {MeasureWeight} ¶ {MeasureMore} {MeasureShape} {MeasureAsk} ¶ {MeasureEnd}

    MeasureLength:
    - A kilometre has a thousand metres, and {c:words} kilometres have {thousands:words} metres.
    - A metre has a hundred centimetres; {c:words} metres are {hundreds:words} centimetres.
    - {hundreds:words} centimetres are the same as {c:words} metres.

    MeasureTime:
    - An hour has sixty minutes, so {d:words} hours have {minutesD:words} minutes.
    - A day has twenty-four hours, and {c:words} days have {hoursC:words} hours.
    - {minutesD:words} minutes are {d:words} hours.

    MeasureWeight:
    - A kilogram has a thousand grams, and {d:words} kilograms have {thousandsD:words} grams.
    - {dozens:words} eggs are {c:words} dozen eggs, since a dozen is twelve.
    - A pair is two, a dozen is twelve, and a score is twenty; {d:words} score is {scores:words}.

    MeasureMore:
    - {a:words} metres are longer than {b:words} metres by {difference:words} metres.
    - A rope of {a:words} metres is cut into two pieces. If one piece measures {b:words} metres, the other measures {difference:words}.
    - A jug that holds {c:words} cups is filled {d:words} times, which makes {product2:words} cups in all.

    MeasureShape:
    - A triangle has three sides, a square has four, and {c:words} squares have {sides:words} sides.
    - A field {c:words} metres long and {d:words} metres wide has an area of {product2:words} square metres.
    - A field {c:words} metres long and {d:words} metres wide needs a fence of {fence:words} metres.
    - A cube has six faces, so {c:words} cubes have {faces:words}.

    MeasureAsk:
    - "How old will you be in {c:words} years?" asked {hero}. "I am {d:words}, so I shall be {ageSum:words}," said the child.
    - "What is longer," asked {friend}, "{a:words} days or {b:words} weeks?" "{longer}," said {hero}.
    - "How many legs do {c:words} cows have?" "{sides:words}," said the child, "unless one is lying on them."

    MeasureEnd:
    - Whoever measures twice, as they say in {home}, has to saw only once.
    - The {trade:plural} of {home} know all this by heart.
    - The old measures of {region} were the foot, the thumb and the shout, and {hero}, {trade:a} in {home}, still uses them.
    """
}
