package ticketing_test

import "testing"

// Whatever a job does, it may be cut short and done again: the stories of what happens in time end the
// same, told once, on a machine where every job is lost once and then done twice.
func TestOnAnUnluckyMachine(t *testing.T) {
	for name, story := range map[string]func(*testing.T){
		"warnings and escalation":            TestDelaysWarnThenEscalate,
		"a contact recorded afterwards":      TestARecordedContactStopsTheClock,
		"time taken out afterwards":          TestTimeIsTakenOutAfterwards,
		"a corrected calendar":               TestACorrectedCalendarGivesACorrectedClock,
		"many clocks":                        TestManyClocksFollowInTurns,
		"an approval recalled, then refused": TestReminderThenRefusal,
		"an approval passed to others":       TestTheQuestionPassesToOthersInTime,
		"an absence that begins later":       TestAnAbsenceThatBeginsLater,
		"a deputy":                           TestADeputyAnswersDuringTheAbsenceOnly,
		"an approver who has left":           TestSomebodyElseDirectsNow,
		"a wait that ends":                   TestHoldEndsAtItsDate,
		"a date that moved":                  TestTheLastDateCounts,
		"silence":                            TestSilenceCloses,
		"tickets that change workflow":       TestRunningTicketsMoveKnowingly,
	} {
		t.Run(name, story)
	}
}
