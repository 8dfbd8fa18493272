// Dosegate in Orthanc Explorer: one line on a study's page, a status as shape and word, and two buttons. Texts go into the
// page as texts. jQuery as Orthanc Explorer has it.
(function () {
  var SHAPES = {
    PASS: '\u2714', FAIL: '\u2716', INCOMPLETE: '\u25D0', NO_VERDICT: '\u26A0', STALE: '\u21BB', CHECKING: '\u231B', NOT_CHECKED: '\u2013'
  };
  var WORDS = {
    PASS: 'Pass', FAIL: 'Fail', INCOMPLETE: 'Incomplete', NO_VERDICT: 'No verdict', STALE: 'Out of date', CHECKING: 'Not checked yet',
    NOT_CHECKED: 'Not checked'
  };
  var shown = '';
  var timer = null;

  function line() { return $('#dosegate-line'); }

  function say(shape, word, more) {
    line().find('.dosegate-status').text(shape + ' Dosegate: ' + word);
    line().find('.dosegate-more').text(more);
  }

  function details(answer) {
    var parts = [];
    if (answer.problem) { parts.push(answer.problem); }
    if (answer.protocol) { parts.push(answer.protocol + ', ' + answer.at); }
    for (var modality in answer.forwarded) { parts.push(modality + ': ' + answer.forwarded[modality]); }
    return parts.join(' \u00B7 ');
  }

  function refresh(study) {
    if (study !== shown) { return; }
    clearTimeout(timer);
    $.ajax({
      url: '../dosegate/studies/' + study, dataType: 'json', cache: false,
      success: function (answer) {
        if (study !== shown) { return; }
        var word = WORDS[answer.status];
        var busy = answer.queue === 'running' || answer.queue === 'waiting' || answer.status === 'CHECKING';
        line().toggle(answer.isTreatment);
        say(word ? SHAPES[answer.status] : '?', word || 'Not known', (busy ? 'Being checked \u00B7 ' : '') + details(answer));
        line().find('.dosegate-report').toggle(answer.reportSha256 !== '')
          .attr('href', '../dosegate/studies/' + study + '/report' + (answer.hasPage ? '?format=html' : ''));
        if (busy) { timer = setTimeout(function () { refresh(study); }, 2000); }
      },
      error: function () {
        if (study === shown) { say('?', 'Not known', 'The plugin does not answer; see the log of Orthanc.'); }
      }
    });
  }

  $('#study').live('pagebeforecreate', function () {
    var button = function (css, text) { return $('<a>').addClass(css).attr('href', '#').attr('data-role', 'button').attr('data-inline', 'true').text(text); };
    $('<div>').attr('id', 'dosegate-line').attr('role', 'status').css({ padding: '0.6em 0' })
      .append($('<strong>').addClass('dosegate-status'))
      .append($('<div>').addClass('dosegate-more'))
      .append(button('dosegate-report', 'Report').attr('target', '_blank').attr('rel', 'external'))
      .append(button('dosegate-check', 'Check again').click(function (event) {
        event.preventDefault();
        var study = shown;
        say(SHAPES.CHECKING, WORDS.CHECKING, '');
        $.ajax({
          url: '../dosegate/studies/' + study + '/check', type: 'POST', data: '', dataType: 'json',
          complete: function () { refresh(study); }
        });
      }))
      .hide().prependTo($('#study [data-role=content]').first());
  });

  $('#study').live('pagebeforeshow', function () {
    // Nothing of the study that was shown before is left standing.
    shown = $.mobile.pageData && $.mobile.pageData.uuid ? $.mobile.pageData.uuid : '';
    line().hide().find('.dosegate-report').hide().attr('href', '#');
    say('?', 'Not known', '');
    if (/^[0-9a-f-]{44}$/.test(shown)) { refresh(shown); }
  });

  $('#study').live('pagehide', function () { clearTimeout(timer); shown = ''; });
}());
