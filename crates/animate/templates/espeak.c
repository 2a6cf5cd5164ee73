/* Speaks TEXT with espeak-ng into OUT.raw (16-bit, 22,050 Hz), and the start of every phone into OUT.ipa.
   usage: espeak VOICE TEXT OUT WORDS_PER_MINUTE */
#include <espeak-ng/speak_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *audio, *labels;
static int rate;

static int take(short *samples, int count, espeak_EVENT *event) {
    if (samples) fwrite(samples, 2, count, audio);
    for (; event->type != espeakEVENT_LIST_TERMINATED; event++) {
        if (event->type != espeakEVENT_PHONEME) continue;
        char name[9] = {0}; /* eight bytes of IPA, not always ended by a zero */
        memcpy(name, event->id.string, 8);
        fprintf(labels, "%s\t%.4f\n", name[0] ? name : "_", event->sample / (double)rate);
    }
    return 0;
}

int main(int count, char **arguments) {
    char path[1024];
    if (count != 5) return 2;
    rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, NULL,
                             espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA);
    espeak_SetSynthCallback(take);
    espeak_SetVoiceByName(arguments[1]);
    espeak_SetParameter(espeakRATE, atoi(arguments[4]), 0);
    snprintf(path, sizeof path, "%s.raw", arguments[3]);
    audio = fopen(path, "wb");
    snprintf(path, sizeof path, "%s.ipa", arguments[3]);
    labels = fopen(path, "w");
    if (!audio || !labels) return 1;
    espeak_Synth(arguments[2], strlen(arguments[2]) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, NULL);
    espeak_Synchronize();
    fclose(audio);
    fclose(labels);
    return 0;
}
